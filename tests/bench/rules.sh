#!/bin/bash
# Counts the instructions of the rules' work, with callgrind, which counts the same every time:
# loading the deployed rule, loading 60 rules, deciding one event by one rule and by 60.
# Usage: rules.sh FOLDER (of a sigma that is not stripped)
set -eu
folder=$1
work=$folder/bench
rm -rf "$work"
mkdir -p "$work/sixty"
rule=function/rules/aws_cloudtrail_region_enabled.yml
for number in {10..69}; do
    sed "s/^id: a5/id: $number/" "$rule" >"$work/sixty/$number.yml"
done

# count FUNCTION RULES: the instructions of that function and all that it calls.
count() {
    valgrind --tool=callgrind --toggle-collect="$1" --callgrind-out-file="$work/out" \
        "$folder/sigma" match --rules "$2" events/enable-region-iam-user.json \
        2>&1 >/dev/null | sed -n 's/.*Collected : //p'
}

printf '%10d  loading the deployed rule\n' "$(count rules_add function/rules)"
printf '%10d  loading 60 rules\n' "$(count rules_add "$work/sixty")"
printf '%10d  deciding one event by one rule\n' "$(count rules_decide function/rules)"
printf '%10d  deciding one event by 60 rules\n' "$(count rules_decide "$work/sixty")"
