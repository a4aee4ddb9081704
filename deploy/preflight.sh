#!/bin/sh
# Looks whether an alert can come: a trail that logs write management events, and of a deployed
# stack the function, its EventBridge rules, its queues and its subscribers. It changes nothing.
#
# Usage: preflight.sh [--stack enable-region-alert] [--region us-east-1]
#
# Exit status: 0 nothing is wrong, 1 something is, 2 something could not be asked.
# Permissions, each to read: cloudtrail:DescribeTrails cloudtrail:GetTrailStatus
#   cloudtrail:GetEventSelectors cloudformation:DescribeStacks cloudformation:ListStackResources
#   lambda:GetFunction events:DescribeRule events:ListTargetsByRule sqs:GetQueueAttributes
#   sns:ListSubscriptionsByTopic sns:GetSubscriptionAttributes
set -eu
# shellcheck source=deploy/aws.sh
. "$(dirname "$0")/aws.sh"

status=0

good() {
    say "ok     $*"
}

note() {
    say "note   $*"
}

wrong() {
    say "WRONG  $*"
    status=1
}

# After a call that failed: what does not exist any more is wrong, anything else ends the script.
gone() {
    grep -q -e NotFound -e NonExistent -e DoesNotExist "$work/error" || exit 2
    wrong "$1 is gone"
}

check_caller() {
    caller=$(ask sts get-caller-identity --query '[Account,Arn]')
    account=${caller%%"$tab"*}
    good "account $account, as ${caller#*"$tab"}"
    if [ "$region" = us-east-1 ]; then
        good "Region $region"
    else
        wrong "Region $region: AWS records calls of the account service in us-east-1 alone"
    fi
}

# How many of a trail's selectors take write management events. Only one of the two kinds is there.
# shellcheck disable=SC2016 # JMESPath has these quotation marks
writes='[
    EventSelectors[?IncludeManagementEvents && ReadWriteType != `"ReadOnly"`] || `[]`,
    AdvancedEventSelectors[?
        FieldSelectors[?Field == `"eventCategory"` && contains(Equals || `[]`, `"Management"`)] &&
        !(FieldSelectors[?Field == `"readOnly"` && !contains(Equals || `[]`, `"false"`)])
    ] || `[]`
][] | length(@)'

# What keeps events of the trail from EventBridge; nothing, if nothing does. Where it is called, -e
# does not hold.
flaw_of_trail() {
    home=$(region_of "$1")
    logging=$(ask cloudtrail get-trail-status --region "$home" --name "$1" \
        --query IsLogging) || exit
    if [ "$logging" != True ]; then
        say "is stopped"
        return
    fi
    count=$(ask cloudtrail get-event-selectors --region "$home" --trail-name "$1" \
        --query "$writes") || exit
    if [ "$count" -eq 0 ]; then
        say "logs no write management events"
    fi
}

# One good trail is enough. An organisation's trail may not be ours to ask.
check_trails() {
    ask cloudtrail describe-trails --query \
        "trailList[?IsMultiRegionTrail || HomeRegion == '$region'].[TrailARN]" >"$work/trails"
    found=no
    asked=yes
    while read -r trail; do
        owner=$(say "$trail" | cut -d : -f 5)
        if flaw=$(flaw_of_trail "$trail" 2>"$work/refusal"); then
            if [ -z "$flaw" ]; then
                good "trail $trail logs write management events"
                found=yes
            else
                note "trail $trail $flaw"
            fi
        elif [ "$owner" != "$account" ]; then
            note "trail $trail is of account $owner, which alone can tell what it logs"
            asked=no
        else
            cat "$work/refusal" >&2
            exit 2
        fi
    done <"$work/trails"
    if [ $found = no ] && [ $asked = no ]; then
        stop "no trail that could be asked logs write management events: ask in the owner's account"
    elif [ $found = no ]; then
        wrong "no trail logs write management events of $region, so EventBridge gets none"
    fi
}

# Whether the stack is there to be checked.
check_stack() {
    state=$(aws cloudformation describe-stacks --stack-name "$stack" --region "$region" \
        --output text --query 'Stacks[0].StackStatus' 2>"$work/error") || {
        if grep -q 'does not exist' "$work/error"; then
            note "no stack $stack in $region yet, so there is no more to check"
            return 1
        fi
        refuse cloudformation describe-stacks
    }
    case $state in
    CREATE_COMPLETE | UPDATE_COMPLETE | IMPORT_COMPLETE) good "stack $stack: $state" ;;
    UPDATE_ROLLBACK_COMPLETE) note "stack $stack: $state, so the last update did not take" ;;
    *) wrong "stack $stack: $state" ;;
    esac
}

check_function() {
    function=$(output FunctionName)
    states=$(ask lambda get-function --function-name "$function" \
        --query '[Configuration.State,Concurrency.ReservedConcurrentExecutions]') || {
        gone "function $function"
        return
    }
    state=${states%%"$tab"*}
    if [ "${states#*"$tab"}" = 0 ]; then
        wrong "function $function is switched off: its reserved concurrency is 0"
    elif [ "$state" != Active ]; then
        wrong "function $function is $state"
    else
        good "function $function is $state"
    fi
}

check_rules() {
    ask cloudformation list-stack-resources --stack-name "$stack" --query \
        "StackResourceSummaries[?ResourceType == 'AWS::Events::Rule'].[PhysicalResourceId]" \
        >"$work/rules"
    while read -r id; do
        rule=${id##*"|"}
        bus=default
        test "$rule" = "$id" || bus=${id%%"|"*}
        state=$(ask events describe-rule --name "$rule" --event-bus-name "$bus" --query State) || {
            gone "rule $rule"
            continue
        }
        targets=$(ask events list-targets-by-rule --rule "$rule" --event-bus-name "$bus" \
            --query "length(Targets[?ends_with(Arn, ':function:$function')])")
        if [ "${state%%_*}" != ENABLED ]; then
            wrong "rule $rule is $state"
        elif [ "$targets" -eq 0 ]; then
            wrong "rule $rule does not call the function"
        else
            good "rule $rule is $state"
        fi
    done <"$work/rules"
}

check_queue() {
    url=$(output "$1Url")
    count=$(ask sqs get-queue-attributes --queue-url "$url" --attribute-names \
        ApproximateNumberOfMessages ApproximateNumberOfMessagesNotVisible \
        --query 'sum(Attributes.*.to_number(@))') || {
        gone "queue $1"
        return
    }
    if [ "${count%.*}" -eq 0 ]; then
        good "queue $1 is empty"
    else
        wrong "queue $1 holds ${count%.*} events that led to no alert: see deploy/redrive.sh"
    fi
}

check_subscription() {
    who="$1 $2"
    case $3 in
    PendingConfirmation)
        wrong "$who is not confirmed, so gets nothing: either the link in AWS's mail was never" \
            "followed, or SNS suspended it after more than ten e-mails in a second." \
            "See deploy/confirm-subscription.sh" ;;
    Deleted) wrong "$who was deleted: subscribe it again" ;;
    *)
        good "$who is subscribed"
        test "${1%%-*}" != email || check_confirmation "$2" "$3" ;;
    esac
}

check_confirmation() {
    authenticated=$(ask sns get-subscription-attributes --region "$at" --subscription-arn "$2" \
        --query Attributes.ConfirmationWasAuthenticated)
    if [ "$authenticated" != true ]; then
        note "anyone who holds one of the mails to $1 can unsubscribe it:" \
            "see deploy/confirm-subscription.sh"
    fi
}

check_subscriptions() {
    topic=$(output TopicArn)
    at=$(region_of "$topic")
    list=$(ask sns list-subscriptions-by-topic --region "$at" --topic-arn "$topic" \
        --query 'Subscriptions[].[Protocol,Endpoint,SubscriptionArn]') || {
        gone "topic $topic"
        return
    }
    if [ -z "$list" ]; then
        wrong "nobody is subscribed to $topic"
        return
    fi
    say "$list" >"$work/subscriptions"
    while IFS=$tab read -r protocol endpoint arn; do
        check_subscription "$protocol" "$endpoint" "$arn"
    done <"$work/subscriptions"
}

while [ $# -gt 0 ]; do
    common_option "$@"
    shift 2
done
start
check_caller
check_trails
if check_stack; then
    read_stack
    check_function
    check_rules
    check_queue UndeliveredEvents
    check_queue FailedInvocations
    check_subscriptions
fi
exit $status
