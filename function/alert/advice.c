#include "alert/advice.h"

#include "alert/region.h"
#include "text.h"
#include <stdio.h>
#include <string.h>

/* When a step makes sense: all that it names must hold. */
enum {
    IF_CALL = 1,      /* it is a call, and no test */
    IF_TEST = 2,      /* it is a test */
    IF_STATUS = 4,    /* it is a notice of a Region's status */
    IF_ENABLE = 8,    /* the call was to enable a Region */
    IF_REFUSED = 16,  /* AWS did not take it */
    IF_OPTED_IN = 32, /* a Region is being enabled, or is */
    IF_KEY = 64,      /* the access key is known */
    IF_EVENT = 128,   /* the event's id is known */
    IF_ROOT = 256,    /* the root user called; of this and the next two one holds */
    IF_SERVICE = 512, /* a service of AWS did */
    IF_ACTOR = 1024,  /* somebody else did */
};

static const struct step {
    unsigned conditions;
    const char *words;
    const char *command; /* {name} is a value of the event */
} steps[] = {
    {IF_TEST, "Nothing. This is a test, made to show that alerts arrive.", ""},
    {IF_STATUS, "Find who asked for it (without a trail, CloudTrail keeps 90 days):",
     "aws cloudtrail lookup-events --region us-east-1 --lookup-attributes \\\n"
     "AttributeKey=EventName,AttributeValue={call}"},
    {IF_CALL | IF_ACTOR, "Ask " ADVICE_ACTOR ", and compare with the change record.", ""},
    {IF_CALL | IF_ROOT, "Ask who can sign in as the root user, and compare with the change record.",
     ""},
    {IF_CALL | IF_SERVICE,
     "Ask who told " ADVICE_ACTOR " to do it, and compare with the change record.", ""},
    {IF_ENABLE | IF_REFUSED,
     "This call enabled nothing. If nobody meant it, take the credentials for stolen.", ""},
    {IF_ENABLE, "See what state the Region is in:",
     "aws account get-region-opt-status --region-name {region}{for_account}"},
    {IF_CALL | IF_KEY, "See what else the same key did:",
     "aws cloudtrail lookup-events --region {logged} --lookup-attributes \\\n"
     "AttributeKey=AccessKeyId,AttributeValue={key}"},
    {IF_CALL | IF_EVENT, "Read the whole record:",
     "aws cloudtrail lookup-events --region {logged} --lookup-attributes \\\n"
     "AttributeKey=EventId,AttributeValue={event}"},
    {IF_OPTED_IN,
     "Watch the new Region:", "aws cloudtrail lookup-events --region {region} --max-items 50"},
    {IF_OPTED_IN, "Not planned? Revoke the credentials, and undo it once the state is ENABLED:",
     "aws account disable-region --region-name {region}{for_account}"},
    {IF_OPTED_IN, "Prevent it: attach this policy (it does not bind the management account):",
     "aws organizations create-policy --type SERVICE_CONTROL_POLICY \\\n"
     "--name deny-enable-region --description 'No new Regions' \\\n"
     "--content '{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\n"
     "\"Action\":\"account:EnableRegion\",\"Resource\":\"*\"}]}'"},
};

struct value {
    const char *name;
    const char *text;
};

static void expand(char command[ADVICE_COMMAND_MAX], const char *text, const struct value *values)
{
    size_t len = 0;
    command[0] = '\0';
    while (*text != '\0' && len < ADVICE_COMMAND_MAX - 1) {
        const struct value *value = values;
        while (value->name != NULL && strncmp(text, value->name, strlen(value->name)) != 0)
            value++;
        const char *shown = value->name == NULL ? text : value->text;
        int shown_len = value->name == NULL ? 1 : (int)strlen(shown);
        len += (size_t)snprintf(command + len, ADVICE_COMMAND_MAX - len, "%.*s", shown_len, shown);
        text += value->name == NULL ? 1 : strlen(value->name);
    }
}

static bool is_key(const char *text)
{
    return text_is(text, TEXT_UPPER TEXT_DIGITS, 16, 32);
}

static void write_command(const struct alert *alert, const char *text,
                          char command[ADVICE_COMMAND_MAX])
{
    const char *account =
        alert_is_account(alert->target_account) ? alert->target_account : "ACCOUNT";
    char for_account[ALERT_TEXT_MAX + 32] = "";
    bool is_undone = alert->status != NULL && strncmp(alert->status->name, "DISABL", 6) == 0;
    if (alert_acts_across(alert))
        snprintf(for_account, sizeof for_account, " \\\n--account-id %s", account);
    const struct value values[] = {
        {"{for_account}", for_account},
        {"{region}", region_is_code(alert->region) ? alert->region : "REGION"},
        {"{logged}", region_is_code(alert->aws_region) ? alert->aws_region : "us-east-1"},
        {"{key}", alert->access_key_id},
        {"{event}", alert->event_id},
        {"{call}", is_undone ? "DisableRegion" : "EnableRegion"},
        {NULL, NULL},
    };
    expand(command, text, values);
}

static unsigned conditions_of(const struct alert *alert)
{
    bool is_test = alert->outcome == ALERT_TEST;
    bool is_status = alert->outcome == ALERT_STATUS;
    bool is_root = strcmp(alert->actor_type, "Root") == 0;
    bool is_service = strcmp(alert->actor_type, "AWSService") == 0;
    bool enables = alert->enables_region && !is_test;
    bool opted_in = is_status ? strncmp(alert->status->name, "ENABL", strlen("ENABL")) == 0
                              : enables && !alert->has_error;
    return (is_test     ? IF_TEST
            : is_status ? IF_STATUS
                        : IF_CALL) |
           (is_root      ? IF_ROOT
            : is_service ? IF_SERVICE
                         : IF_ACTOR) |
           (enables ? IF_ENABLE : 0) | (alert->has_error ? IF_REFUSED : 0) |
           (opted_in ? IF_OPTED_IN : 0) | (is_key(alert->access_key_id) ? IF_KEY : 0) |
           (alert->has_event_id ? IF_EVENT : 0);
}

bool advice_next(const struct alert *alert, size_t *place, struct advice *advice)
{
    unsigned holds = conditions_of(alert);
    for (; *place < sizeof steps / sizeof steps[0]; (*place)++) {
        const struct step *step = &steps[*place];
        if ((step->conditions & holds) != step->conditions)
            continue;
        advice->words = step->words;
        write_command(alert, step->command, advice->command);
        (*place)++;
        return true;
    }
    return false;
}
