/*
 * status.h - AWS's own notice that a Region's opt-in status changes.
 *
 * It needs no trail and no Sigma rule, and knows no actor: the second signal beside the call.
 *
 * Source: AWS Account Management Reference Guide, "Monitoring account with EventBridge": source
 * aws.account, detail-type "Region Opt-In Status Change", detail {accountId, regionName, status}.
 */
#ifndef STATUS_H
#define STATUS_H

#include "event.h"
#include "sigma/rule.h"

struct status {
    const char *name;  /* as the notice has it */
    const char *words; /* what it says of the Region: "is being enabled" */
};

/* The status that the event tells; NULL where it is no such notice. */
const struct status *status_of(const struct event *event);

/* Stands where a rule would: what an alert of such a notice says of its origin. */
extern const struct rule status_rule;

#endif
