#!/bin/sh
# Confirms an e-mail subscription so that only your AWS account can end it. Whoever follows the link
# in AWS's mail instead confirms it too, but then every alert carries a link by which anyone who
# holds it, or a program that scans mail, can unsubscribe.
#
# Usage: confirm-subscription.sh [--stack enable-region-alert] [--region us-east-1] LINK
#
# LINK is that of "Confirm subscription" in the mail, unopened, or the token in it.
#
# Exit status: 0 confirmed so, 1 confirmed but anyone can end it, 2 not confirmed.
# Permissions: cloudformation:DescribeStacks sns:ConfirmSubscription sns:GetSubscriptionAttributes
set -eu
# shellcheck source=deploy/aws.sh
. "$(dirname "$0")/aws.sh"

argument=
read_arguments "$@"
link=$argument
test -n "$link" || stop "which link? See $script --help"
start
read_stack
topic=$(output TopicArn)

at=$(region_of "$topic")
token=$link
case $link in
*Token=*)
    token=${link#*Token=}
    token=${token%%&*} ;;
esac
case $link in
*TopicArn="$topic&"* | "$token") ;;
*) stop "that link is not for $topic, the topic of the stack $stack" ;;
esac
case $token in
*[!0-9A-Za-z_-]* | "") stop "there is no token in that link" ;;
esac

say "Confirming the subscription to $topic."
subscription=$(ask sns confirm-subscription --region "$at" --topic-arn "$topic" \
    --token "$token" --authenticate-on-unsubscribe true --query SubscriptionArn)
attributes=$(ask sns get-subscription-attributes --region "$at" \
    --subscription-arn "$subscription" --query 'Attributes.[Endpoint,ConfirmationWasAuthenticated]')
say "${attributes%%"$tab"*} is subscribed: $subscription"
if [ "${attributes#*"$tab"}" != true ]; then
    say "It was confirmed before, by the link, so anyone who holds one of its mails can end it." \
        "To change that: aws sns unsubscribe --region $at --subscription-arn $subscription," \
        "subscribe again, and give this script the new link."
    exit 1
fi
say "Only this AWS account can end it: aws sns unsubscribe --region $at" \
    "--subscription-arn $subscription"
