#include "alert/texts.h"

#include "text.h"
#include <stddef.h>
#include <string.h>

#define FIELD(member) offsetof(struct alert, member)

/* Where each text comes from. Of two rows with one target the first that finds a value counts. */
/* Which events a row is for: any, the call EnableRegion, or the notice of a Region's status. */
enum when { ANY, CALL, STATUS };

static const struct origin {
    size_t field;
    const char *path;
    enum event_scope scope;
    enum when when;
    bool (*fits)(const char *text); /* NULL: any text does */
} origins[] = {
    {FIELD(event_id), "id", EVENT_ENVELOPE, STATUS, NULL},
    {FIELD(event_id), "eventID", EVENT_RECORD, ANY, NULL},
    {FIELD(request_id), "requestID", EVENT_RECORD, ANY, NULL},
    {FIELD(shared_event_id), "sharedEventID", EVENT_RECORD, ANY, NULL},
    {FIELD(delivery_id), "id", EVENT_ENVELOPE, ANY, NULL},
    {FIELD(event_name), "detail-type", EVENT_ENVELOPE, STATUS, NULL},
    {FIELD(event_name), "eventName", EVENT_RECORD, ANY, NULL},
    {FIELD(event_source), "source", EVENT_ENVELOPE, STATUS, NULL},
    {FIELD(event_source), "eventSource", EVENT_RECORD, ANY, NULL},
    {FIELD(api_version), "apiVersion", EVENT_RECORD, ANY, NULL},
    {FIELD(event_time), "time", EVENT_ENVELOPE, STATUS, NULL},
    {FIELD(event_time), "eventTime", EVENT_RECORD, ANY, NULL},
    {FIELD(aws_region), "region", EVENT_ENVELOPE, STATUS, NULL},
    {FIELD(aws_region), "awsRegion", EVENT_RECORD, ANY, NULL},
    {FIELD(error_code), "errorCode", EVENT_RECORD, ANY, NULL},
    {FIELD(error_message), "errorMessage", EVENT_RECORD, ANY, NULL},
    /* CloudTrail writes RegionName; other records of the service have lower camel case. */
    {FIELD(region), "requestParameters.RegionName", EVENT_RECORD_ANY_CASE, CALL, NULL},
    {FIELD(region), "regionName", EVENT_RECORD, STATUS, NULL},
    {FIELD(asked_account), "requestParameters.AccountId", EVENT_RECORD_ANY_CASE, CALL, NULL},
    {FIELD(target_account), "requestParameters.AccountId", EVENT_RECORD_ANY_CASE, CALL,
     text_is_account},
    {FIELD(target_account), "accountId", EVENT_RECORD, STATUS, NULL},
    {FIELD(target_account), "recipientAccountId", EVENT_RECORD, ANY, NULL},
    {FIELD(target_account), "account", EVENT_ENVELOPE, ANY, NULL},
    {FIELD(caller_account), "userIdentity.accountId", EVENT_RECORD, ANY, NULL},
    {FIELD(actor), "userIdentity.userName", EVENT_RECORD, ANY, NULL},
    {FIELD(actor), "userIdentity.onBehalfOf.userId", EVENT_RECORD, ANY, NULL},
    {FIELD(actor), "userIdentity.invokedBy", EVENT_RECORD, ANY, NULL},
    {FIELD(actor), "userIdentity.principalId", EVENT_RECORD, ANY, NULL},
    {FIELD(actor), "userIdentity.accountId", EVENT_RECORD, ANY, NULL},
    {FIELD(actor_type), "userIdentity.type", EVENT_RECORD, ANY, NULL},
    {FIELD(actor_arn), "userIdentity.arn", EVENT_RECORD, ANY, NULL},
    {FIELD(principal_id), "userIdentity.principalId", EVENT_RECORD, ANY, NULL},
    {FIELD(role), "userIdentity.sessionContext.sessionIssuer.userName", EVENT_RECORD, ANY, NULL},
    {FIELD(mfa), "userIdentity.sessionContext.attributes.mfaAuthenticated", EVENT_RECORD, ANY,
     NULL},
    {FIELD(console), "sessionCredentialFromConsole", EVENT_RECORD, ANY, NULL},
    {FIELD(access_key_id), "userIdentity.accessKeyId", EVENT_RECORD, ANY, NULL},
    {FIELD(credential_id), "userIdentity.credentialId", EVENT_RECORD, ANY, NULL},
    {FIELD(identity_store), "userIdentity.onBehalfOf.identityStoreArn", EVENT_RECORD, ANY, NULL},
    {FIELD(identity_provider), "userIdentity.identityProvider", EVENT_RECORD, ANY, NULL},
    {FIELD(invoked_by), "userIdentity.invokedBy", EVENT_RECORD, ANY, NULL},
    {FIELD(source_identity), "userIdentity.sessionContext.sourceIdentity", EVENT_RECORD, ANY, NULL},
    {FIELD(source_address), "sourceIPAddress", EVENT_RECORD, ANY, NULL},
    {FIELD(user_agent), "userAgent", EVENT_RECORD, ANY, NULL},
    {FIELD(vpc_endpoint_id), "vpcEndpointId", EVENT_RECORD, ANY, NULL},
};

#define ALL_LISTS(alert)                                                                           \
    &(alert)->tags, &(alert)->references, &(alert)->falsepositives, &(alert)->matched.names,       \
        &(alert)->matched.values, &(alert)->further.names, &(alert)->further.values

#define RULE_FIELD(member) offsetof(struct rule, member)

/* What the rule says of itself: texts, then lists. */
static const struct fact {
    size_t field;
    size_t origin;
} facts[] =
    {
        {FIELD(rule_id), RULE_FIELD(id)},
        {FIELD(rule_title), RULE_FIELD(title)},
        {FIELD(rule_description), RULE_FIELD(description)},
        {FIELD(rule_status), RULE_FIELD(status)},
        {FIELD(rule_level), RULE_FIELD(level)},
        {FIELD(rule_author), RULE_FIELD(author)},
        {FIELD(rule_date), RULE_FIELD(date)},
        {FIELD(rule_license), RULE_FIELD(license)},
},
  lists[] = {
      {FIELD(tags), RULE_FIELD(tags)},
      {FIELD(references), RULE_FIELD(references)},
      {FIELD(falsepositives), RULE_FIELD(falsepositives)},
};

/* The first value at a path, cleaned into the array at arg. */
static bool take(const struct event_value *value, void *arg)
{
    const char *text = value->kind == EVENT_NULL     ? "null"
                       : value->kind == EVENT_OBJECT ? "{...}"
                                                     : value->text;
    size_t len = text == value->text ? value->text_len : strlen(text);
    text_add_clean(arg, ALERT_TEXT_MAX, text, len);
    return true;
}

static void take_origins(struct alert *alert)
{
    for (size_t i = 0; i < sizeof origins / sizeof origins[0]; i++) {
        char *text = (char *)alert + origins[i].field;
        if (alert_knows(text) || (origins[i].when == CALL && !alert->enables_region) ||
            (origins[i].when == STATUS && alert->status == NULL))
            continue;
        text[0] = '\0';
        event_any(alert->event, origins[i].scope, origins[i].path, take, text);
        if (origins[i].fits != NULL && !origins[i].fits(text))
            text[0] = '\0';
    }
}

void texts_add(char *text, const char *more)
{
    text_add_clean(text, ALERT_TEXT_MAX, more, strlen(more));
}

char *texts_append(struct alert_list *list, const char *text)
{
    bool is_full = list->count == ALERT_ITEMS_MAX;
    char *item = list->items[is_full ? ALERT_ITEMS_MAX - 1 : list->count];
    list->count += !is_full;
    item[0] = '\0';
    texts_add(item, is_full ? "..." : text);
    return is_full ? NULL : item;
}

static void take_facts(struct alert *alert, const struct rule *rule)
{
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
        const char *const *text = (const void *)((const char *)rule + facts[i].origin);
        texts_add((char *)alert + facts[i].field, *text);
    }
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        const struct rule_list *list = (const void *)((const char *)rule + lists[i].origin);
        for (size_t k = 0; k < list->count; k++)
            texts_append((void *)((char *)alert + lists[i].field), list->items[k]);
    }
}

void texts_clear(struct alert *alert)
{
    char *const others[] = {alert->id, alert->target_name, alert->caller_name};
    struct alert_list *const all[] = {ALL_LISTS(alert)};
    for (size_t i = 0; i < sizeof origins / sizeof origins[0]; i++)
        *((char *)alert + origins[i].field) = '\0';
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++)
        *((char *)alert + facts[i].field) = '\0';
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        others[i][0] = '\0';
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        all[i]->count = 0;
}

void texts_take(struct alert *alert, const struct rule *rule)
{
    take_origins(alert);
    take_facts(alert, rule);
}

static void shorten(char *value, size_t text_max)
{
    char old[ALERT_TEXT_MAX];
    if (strlen(value) < text_max || text_is_uuid(value))
        return;
    memcpy(old, value, sizeof old);
    value[0] = '\0';
    text_add_clean(value, text_max, old, strlen(old));
}

static void shorten_list(struct alert_list *list, size_t text_max, size_t items_max)
{
    if (list->count > items_max)
        list->count = items_max;
    for (size_t i = 0; i < list->count; i++)
        shorten(list->items[i], text_max);
}

/* Keeps those that stay whole. */
static void drop_long(struct alert_list *list, size_t text_max)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (strlen(list->items[i]) < text_max)
            memmove(list->items[kept++], list->items[i], sizeof list->items[i]);
    }
    list->count = kept;
}

void alert_shorten(struct alert *alert, size_t text_max, size_t items_max)
{
    struct alert_list *const all[] = {ALL_LISTS(alert)};
    alert->shortened = true;
    drop_long(&alert->references, text_max);
    for (size_t i = 0; i < sizeof origins / sizeof origins[0]; i++)
        shorten((char *)alert + origins[i].field, text_max);
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++)
        shorten((char *)alert + facts[i].field, text_max);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        shorten_list(all[i], text_max, items_max);
}
