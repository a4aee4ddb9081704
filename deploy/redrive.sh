#!/bin/sh
# Hands the events in the stack's two failure queues to the function once more. A message is deleted
# only after Lambda has accepted its event; whatever else happens, it stays.
#
# Usage: redrive.sh [--stack enable-region-alert] [--region us-east-1] [--dry-run]
#                   [--queue URL] [--function NAME]
#
#   --dry-run   says what there is and what would be done, and does nothing
#   --queue     this queue instead of those two, such as that of a member account
#   --function  this function instead of the stack's
#
# UndeliveredEvents holds events as they came; FailedInvocations holds Lambda's records of failures,
# with the event in requestPayload. What is neither stays. An event that fails again comes back
# after some minutes.
#
# Exit status: 0 no message is left, 1 some are, 2 it had to stop.
# Permissions: cloudformation:DescribeStacks sqs:GetQueueAttributes sqs:ReceiveMessage
#   sqs:DeleteMessage lambda:InvokeFunction; without sqs:ChangeMessageVisibility a message that
#   stays is out of sight for five minutes
set -eu
# shellcheck source=deploy/aws.sh
. "$(dirname "$0")/aws.sh"

here=$(dirname "$0")
hidden_s=300
dry_run=no
queue=
function=
receipt=
status=0

# A member of the JSON object on standard input.
member() {
    LC_ALL=C awk -v key="$1" -f "$here/member.awk"
}

# Fetches a message of the queue: id, receipt, and $work/body. Fails if there is none.
receive() {
    ask sqs receive-message --queue-url "$1" --wait-time-seconds 1 \
        --visibility-timeout "$hidden_s" --query 'Messages[0].[MessageId,ReceiptHandle,Body]' \
        >"$work/message"
    IFS=$tab read -r id receipt _ <"$work/message"
    case $id in
    "" | None) return 1 ;;
    esac
    sed "1s/^[^${tab}]*${tab}[^${tab}]*${tab}//" "$work/message" >"$work/body"
}

# The event in $work/body goes to $work/event.
take_event() {
    mv "$work/body" "$work/event"
    while member requestPayload <"$work/event" >"$work/inner"; do
        mv "$work/inner" "$work/event"
    done
    if ! member detail <"$work/event" >/dev/null && ! member eventSource <"$work/event" >/dev/null
    then
        reason="it is neither an event nor Lambda's record of one"
        return 1
    fi
}

# Hands $work/event over. What has nothing to do with this very event ends the script.
invoke() {
    answer=$(aws lambda invoke --invocation-type Event --function-name "$function" \
        --payload "fileb://$work/event" --region "$region" --output text --query StatusCode \
        "$work/answer" 2>"$work/error") || {
        grep -q -e InvalidRequestContent -e TooLarge "$work/error" || refuse lambda invoke
        answer=$(sed '/^ *$/d' "$work/error")
    }
    reason="Lambda did not accept the event: $answer"
    test "$answer" = 202
}

# Messages that stay come into sight again.
# shellcheck disable=SC2317 # a trap calls it
release() {
    test -z "$receipt" || echo "$url$tab$receipt" >>"$work/staying"
    while IFS=$tab read -r url receipt _; do
        aws sqs change-message-visibility --queue-url "$url" --receipt-handle "$receipt" \
            --visibility-timeout 0 --region "$region" >/dev/null 2>&1 || true
    done <"$work/staying"
    rm -rf "$work"
}

redrive() {
    url=$2
    ask sqs get-queue-attributes --queue-url "$url" --attribute-names ApproximateNumberOfMessages \
        ApproximateNumberOfMessagesNotVisible --query 'Attributes.[ApproximateNumberOfMessages,
            ApproximateNumberOfMessagesNotVisible]' >"$work/count"
    read -r count hidden <"$work/count"
    say "$1: about $count messages, and $hidden out of sight"
    test "$hidden" -eq 0 || status=1
    if [ $dry_run = yes ]; then
        test "$count" -eq 0 || status=1
        return
    fi
    while receive "$url"; do
        if grep -q "$tab$id$" "$work/staying"; then # it was out of sight for hidden_s already
            return
        fi
        if take_event && invoke; then
            ask sqs delete-message --queue-url "$url" --receipt-handle "$receipt"
            say "message $id: accepted by $function, and deleted"
        else
            say "message $id stays: $reason"
            echo "$url$tab$receipt$tab$id" >>"$work/staying"
            status=1
        fi
        receipt=
    done
    receipt=
}

while [ $# -gt 0 ]; do
    case $1 in
    --dry-run) dry_run=yes ;;
    --queue | --function)
        test $# -gt 1 || stop "$1 wants a value"
        if [ "$1" = --queue ]; then queue=$2; else function=$2; fi
        shift ;;
    *)
        common_option "$@"
        shift ;;
    esac
    shift
done
start
: >"$work/staying"
if [ -z "$queue" ] || [ -z "$function" ]; then
    read_stack
fi
test -n "$function" || function=$(output FunctionName)
if [ $dry_run = yes ]; then
    say "Dry run. Without --dry-run each event goes to $function, and its message is deleted once" \
        "Lambda has accepted it."
else
    trap release EXIT
    say "Each event goes to $function; its message is deleted once Lambda has accepted it."
fi
if [ -n "$queue" ]; then
    redrive "$queue" "$queue"
else
    undelivered=$(output UndeliveredEventsUrl)
    failed=$(output FailedInvocationsUrl)
    redrive UndeliveredEvents "$undelivered"
    redrive FailedInvocations "$failed"
fi
exit $status
