#!/bin/sh
# Invokes the deployed function with a sample event and waits for its answer. The alert that comes
# of it goes to every subscriber.
#
# Usage: smoke.sh [--stack enable-region-alert] [--region us-east-1] [EVENT.json]
#
# Without a file it is events/enable-region-test.json, whose alert begins with TEST. The alert of
# any other event looks like a real one: warn your subscribers.
#
# Exit status: 0 an alert was published, 1 none was, 2 the function could not be invoked.
# Permissions: cloudformation:DescribeStacks lambda:InvokeFunction
set -eu
# shellcheck source=deploy/aws.sh
. "$(dirname "$0")/aws.sh"

argument=$(dirname "$0")/../events/enable-region-test.json
read_arguments "$@"
event=$argument
start
test -r "$event" || stop "cannot read $event"
read_stack
function=$(output FunctionName)
topic=$(output TopicArn)

if grep -q '"source" *: *"enable-region-alert"' "$event"; then
    say "Invoking $function with $event: subscribers of $topic get an alert that begins with TEST."
else
    say "Invoking $function with $event: subscribers of $topic get what looks like a real alert."
fi
failed=$(ask lambda invoke --function-name "$function" --payload "fileb://$event" \
    --query FunctionError "$work/answer")
say "The function answered:"
cat "$work/answer"
echo

if [ "$failed" != None ]; then
    say "It failed. errorMessage says why; the README lists the types."
    exit 1
fi
if ! grep -q '"messageId"' "$work/answer"; then
    say "It published nothing: no rule matched (\"matched\":0), or the alert was suppressed."
    exit 1
fi
say "SNS took the alert under that messageId. Look whether it comes to each subscriber within a" \
    "minute; who does not get it is not confirmed, or filters it away: see deploy/preflight.sh."
