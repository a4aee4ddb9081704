#include "alert/advice.h"

#include "alert/region.h"
#include "text.h"
#include <stdio.h>
#include <string.h>

/* When a step makes sense: all that it names must hold. */
enum {
    IF_TEST = 1 << 0,       /* it is a test */
    IF_STATUS = 1 << 1,     /* it is a notice of a Region's status */
    IF_CALL = 1 << 2,       /* it is neither, but a call */
    IF_ENABLE = 1 << 3,     /* the call was to enable a Region */
    IF_DENIED = 1 << 4,     /* and AWS refused it */
    IF_FAILED = 1 << 5,     /* or it failed otherwise */
    IF_OPTED_IN = 1 << 6,   /* a Region is being enabled, or is */
    IF_OTHER = 1 << 7,      /* another call, which AWS accepted */
    IF_REGION = 1 << 8,     /* the Region is known */
    IF_NO_REGION = 1 << 9,  /* it is not */
    IF_KEY = 1 << 10,       /* the access key is known */
    IF_EVENT = 1 << 11,     /* the event's id is known */
    IF_ROOT = 1 << 12,      /* the root user called; of this and the next three one holds */
    IF_SERVICE = 1 << 13,   /* a service of AWS did */
    IF_ROLE = 1 << 14,      /* a role did, in a session that says little of a person */
    IF_PERSON = 1 << 15,    /* somebody else did */
    IF_REVOCABLE = 1 << 16, /* of the last two one holds */
};

/* In which account a step is taken, where one account called for another. */
enum place { ANYWHERE, TARGET, CALLER, MANAGEMENT };

static const struct step {
    int conditions;
    enum place place;
    const char *words; /* {name} is a value of the event */
    const char *command;
} steps[] = {
    {IF_TEST, ANYWHERE, "Nothing. This is a test, made to show that alerts arrive.", ""},
    {IF_STATUS, ANYWHERE, "Find who asked for it{in_account}:",
     "aws cloudtrail lookup-events --region {logged} \\\n--lookup-attributes \\\n"
     "AttributeKey=EventName,AttributeValue={call}"},
    {IF_CALL | IF_PERSON, ANYWHERE, "Ask {actor}, and compare with the change record.", ""},
    {IF_CALL | IF_ROLE, ANYWHERE,
     "Find who used the role as {actor}, and compare with the change record.", ""},
    {IF_CALL | IF_ROOT, ANYWHERE,
     "Ask who can sign in as the root user, and compare with the change record.", ""},
    {IF_CALL | IF_SERVICE, ANYWHERE,
     "Ask who told {actor} to do it, and compare with the change record.", ""},
    {IF_OPTED_IN | IF_REVOCABLE, CALLER, "Not planned? Revoke the credentials now.", ""},
    {IF_OPTED_IN | IF_ROOT, CALLER,
     "Not planned? Change the root password, check its MFA, delete its access keys.", ""},
    {IF_OPTED_IN | IF_SERVICE, ANYWHERE,
     "Not planned? Undo it in that service, or it will enable the Region again.", ""},
    {IF_OPTED_IN | IF_STATUS, ANYWHERE, "Not planned? Revoke the credentials of who asked.", ""},
    {IF_ENABLE | IF_DENIED, ANYWHERE,
     "The call was refused. If nobody meant it, somebody may be trying stolen credentials: revoke "
     "them.",
     ""},
    {IF_ENABLE | IF_FAILED, ANYWHERE,
     "This call failed, but another may have enabled the Region: see the next step.", ""},
    {IF_ENABLE | IF_REGION, MANAGEMENT, "See what state the Region is in:",
     "aws account get-region-opt-status --region-name {region}{for_account}"},
    {IF_ENABLE | IF_NO_REGION, TARGET, "See whether a Region is being enabled:",
     "aws account list-regions --region-opt-status-contains ENABLING"},
    {IF_CALL | IF_KEY, CALLER, "See what the same key did in {logged}, then in other Regions:",
     "aws cloudtrail lookup-events --region {logged} \\\n--lookup-attributes \\\n"
     "AttributeKey=AccessKeyId,AttributeValue={key}"},
    {IF_CALL | IF_EVENT, TARGET, "Read the whole record:",
     "aws cloudtrail lookup-events --region {logged} \\\n--lookup-attributes \\\n"
     "AttributeKey=EventId,AttributeValue={event}"},
    {IF_OPTED_IN | IF_REGION, TARGET, "Watch the new Region{once}:",
     "aws cloudtrail lookup-events --region {region} --max-items 50"},
    {IF_OPTED_IN | IF_REGION, TARGET,
     "Not planned? Delete what was made in the Region: it stays, costs, and is out of reach once "
     "the Region is off.",
     ""},
    {IF_OPTED_IN | IF_REGION, MANAGEMENT, "{when}witch the Region off:",
     "aws account disable-region --region-name {region}{for_account}"},
    {IF_OPTED_IN, ANYWHERE,
     "Prevent it: create this policy in the management account, then attach it to the others "
     "(that account itself is not bound):",
     "aws organizations create-policy --type SERVICE_CONTROL_POLICY \\\n"
     "--name deny-enable-region --description 'No new Regions' \\\n"
     "--content '{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\n"
     "\"Action\":\"account:EnableRegion\",\"Resource\":\"*\"}]}'"},
    {IF_OTHER, CALLER, "Not planned? Revoke the credentials, and undo it.", ""},
};

struct value {
    const char *name;
    const char *text;
};

static void add(char out[ADVICE_TEXT_MAX], const char *text, size_t len)
{
    size_t room = ADVICE_TEXT_MAX - 1 - strlen(out);
    strncat(out, text, len < room ? len : room);
}

static const struct value *find_value(const char *text, const struct value *values)
{
    while (values->name != NULL && strncmp(text, values->name, strlen(values->name)) != 0)
        values++;
    return values->name != NULL ? values : NULL;
}

/* Appends text with each {name} that is in values replaced. */
static void expand(char out[ADVICE_TEXT_MAX], const char *text, const struct value *values)
{
    while (*text != '\0') {
        const struct value *value = *text == '{' ? find_value(text, values) : NULL;
        size_t len = value != NULL ? strlen(value->name) : strcspn(text + 1, "{") + 1;
        const char *shown = value != NULL ? value->text : text;
        add(out, shown, value != NULL ? strlen(shown) : len);
        text += len;
    }
}

static bool is_key(const char *text)
{
    return text_is(text, TEXT_UPPER TEXT_DIGITS, 16, 32);
}

static bool is_disabled(const struct alert *alert)
{
    return alert->status != NULL && strncmp(alert->status->name, "DISABL", strlen("DISABL")) == 0;
}

static int find_caller(const struct alert *alert)
{
    static const char person[] = "AWSReservedSSO_"; /* the session's name is the user's */
    bool is_role = strcmp(alert->actor_type, "AssumedRole") == 0 &&
                   strncmp(alert->role, person, strlen(person)) != 0;
    return alert->is_root                                 ? IF_ROOT
           : strcmp(alert->actor_type, "AWSService") == 0 ? IF_SERVICE
           : is_role                                      ? IF_ROLE | IF_REVOCABLE
                                                          : IF_PERSON | IF_REVOCABLE;
}

static int find_conditions(const struct alert *alert)
{
    int holds = (region_is_code(alert->region) ? IF_REGION : IF_NO_REGION) |
                (is_key(alert->access_key_id) ? IF_KEY : 0) | (alert->has_event_id ? IF_EVENT : 0);
    if (alert->outcome == ALERT_TEST)
        return IF_TEST;
    if (alert->status != NULL)
        return holds | IF_STATUS | (is_disabled(alert) ? 0 : IF_OPTED_IN);
    holds |= IF_CALL | find_caller(alert);
    if (!alert->enables_region)
        return holds | (alert->has_error ? 0 : IF_OTHER);
    return holds | IF_ENABLE |
           (alert->outcome == ALERT_DENIED   ? IF_DENIED
            : alert->outcome == ALERT_FAILED ? IF_FAILED
                                             : IF_OPTED_IN);
}

/* "In account 111122223333: ", where it matters. */
static void add_place(const struct alert *alert, enum place place, char out[ADVICE_TEXT_MAX])
{
    const char *account = place == TARGET ? alert->target_account : alert->caller_account;
    if (place == ANYWHERE || !alert_acts_across(alert))
        return;
    if (place == MANAGEMENT)
        snprintf(out, ADVICE_TEXT_MAX, "In the management account: ");
    else if (text_is_account(account))
        snprintf(out, ADVICE_TEXT_MAX, "In account %.12s: ", account);
}

static void write_step(const struct alert *alert, const struct step *step, struct advice *advice)
{
    static const char actor[] = "{actor}";
    bool is_enabled = alert->status != NULL && strcmp(alert->status->name, "ENABLED") == 0;
    const struct value values[] = {
        {"{in_account}", advice->in_account},
        {"{for_account}", advice->for_account},
        {"{region}", alert->region},
        {"{logged}", region_is_code(alert->aws_region) ? alert->aws_region : "us-east-1"},
        {"{key}", alert->access_key_id},
        {"{once}", is_enabled ? "" : ", once it is ENABLED"},
        {"{when}", is_enabled ? "S" : "When it is ENABLED, s"},
        {"{event}", alert->event_id},
        {"{call}", is_disabled(alert) ? "DisableRegion" : "EnableRegion"},
        {NULL, NULL},
    };
    const char *place = strstr(step->words, actor);
    advice->before[0] = advice->after[0] = advice->command[0] = '\0';
    advice->actor = place == NULL ? "" : alert_knows(alert->actor) ? alert->actor : "the actor";
    add_place(alert, step->place, advice->before);
    if (place == NULL) {
        expand(advice->before, step->words, values);
    } else {
        add(advice->before, step->words, (size_t)(place - step->words));
        add(advice->after, place + strlen(actor), ADVICE_TEXT_MAX);
    }
    expand(advice->command, step->command, values);
}

static void begin(const struct alert *alert, struct advice *advice)
{
    const char *target = alert->target_account;
    bool has_target = text_is_account(target);
    advice->conditions = find_conditions(alert);
    advice->in_account[0] = advice->for_account[0] = '\0';
    if (has_target)
        snprintf(advice->in_account, sizeof advice->in_account, ", in account %.12s", target);
    if (has_target && alert_acts_across(alert))
        snprintf(advice->for_account, sizeof advice->for_account, " \\\n--account-id %.12s",
                 target);
}

bool advice_next(const struct alert *alert, struct advice *advice)
{
    if (advice->next == 0)
        begin(alert, advice);
    while (advice->next < sizeof steps / sizeof steps[0]) {
        const struct step *step = &steps[advice->next++];
        if ((step->conditions & advice->conditions) != step->conditions)
            continue;
        write_step(alert, step, advice);
        return true;
    }
    return false;
}
