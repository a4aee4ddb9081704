#include "alert/advice.h"

#include "alert/region.h"
#include "text.h"
#include <stdio.h>
#include <string.h>

/* When a step makes sense: all that it names must hold. */
enum {
    IF_REAL = 1,      /* it is no test */
    IF_TEST = 2,      /* it is one */
    IF_REGION = 4,    /* a Region is to be enabled */
    IF_TAKEN = 8,     /* AWS took the call */
    IF_REFUSED = 16,  /* it did not */
    IF_KEY = 32,      /* the access key is known */
    IF_EVENT = 64,    /* the event's id is known */
    IF_ROOT = 128,    /* the root user called; of this and the next two one holds */
    IF_SERVICE = 256, /* a service of AWS did */
    IF_ACTOR = 512,   /* somebody else did */
    IF_OPTED_IN = IF_REAL | IF_REGION | IF_TAKEN,
};

static const struct step {
    unsigned conditions;
    const char *words;
    const char *command; /* {name} is a value of the event */
} steps[] = {
    {IF_TEST, "Nothing. This is a test, made to show that alerts arrive.", ""},
    {IF_REAL | IF_ACTOR, "Ask " ADVICE_ACTOR ", and compare with the change record.", ""},
    {IF_REAL | IF_ROOT, "Ask who can sign in as the root user, and compare with the change record.",
     ""},
    {IF_REAL | IF_SERVICE,
     "Ask who told " ADVICE_ACTOR " to do it, and compare with the change record.", ""},
    {IF_REAL | IF_REGION | IF_REFUSED,
     "This call enabled nothing. If nobody meant it, take the credentials for stolen.", ""},
    {IF_REAL | IF_REGION, "See what state the Region is in:",
     "aws account get-region-opt-status --region-name {region}{for_account}"},
    {IF_REAL | IF_KEY, "See what else the same key did:",
     "aws cloudtrail lookup-events --region {logged} --lookup-attributes \\\n"
     "AttributeKey=AccessKeyId,AttributeValue={key}"},
    {IF_REAL | IF_EVENT, "Read the whole record:",
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
    if (alert_acts_across(alert))
        snprintf(for_account, sizeof for_account, " \\\n--account-id %s", account);
    const struct value values[] = {
        {"{for_account}", for_account},
        {"{region}", region_is_code(alert->region) ? alert->region : "REGION"},
        {"{logged}", region_is_code(alert->aws_region) ? alert->aws_region : "us-east-1"},
        {"{key}", alert->access_key_id},
        {"{event}", alert->event_id},
        {NULL, NULL},
    };
    expand(command, text, values);
}

bool advice_next(const struct alert *alert, size_t *place, struct advice *advice)
{
    bool is_root = strcmp(alert->actor_type, "Root") == 0;
    bool is_service = strcmp(alert->actor_type, "AWSService") == 0;
    unsigned caller = is_root ? IF_ROOT : is_service ? IF_SERVICE : IF_ACTOR;
    unsigned holds =
        caller | (alert->outcome == ALERT_TEST ? IF_TEST : IF_REAL) |
        (alert->enables_region ? IF_REGION : 0U) | (alert->has_error ? IF_REFUSED : IF_TAKEN) |
        (is_key(alert->access_key_id) ? IF_KEY : 0U) | (alert->has_event_id ? IF_EVENT : 0U);
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
