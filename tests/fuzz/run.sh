#!/bin/sh
# Fuzzes one target for some seconds, from the seeds that the project has.
# Usage: run.sh PROGRAM rule|event|alert SECONDS
set -eu
program=$1
target=$2
seconds=$3
corpus=$(dirname "$program")/corpus-$target
mkdir -p "$corpus"

# Eighty times this text, as the replacement of a sed.
eighty() {
    printf '%080d' 0 | sed "s/0/$1/g"
}

# A seed with another text in place of every value but those that make it what it is.
fill() {
    sed -E "/eventName|eventSource|status/!s/: \"[^\"]*\"/: \"$2\"/g" "$1" >"$1-$3"
}

# The events for three rules; one event for every choice of rule, limit and format, in many
# variations; names of accounts that are refused.
seed_alerts() {
    names="111122223333=Production of the whole company, 444455556666=Log archive"
    quotes=$(eighty '\\\\"')
    wide=$(eighty 'é世')
    for file in events/*region*.json; do
        for choice in A B D; do
            { echo "$choice$names" && cat "$file"; } >"$corpus/$choice-$(basename "$file" .json)"
        done
    done
    file=tests/fuzz/every_field.json
    for choice in A B C D E F G H I J K L M Y e; do
        seed=$corpus/$choice-every_field
        { echo "$choice$names" && cat "$file"; } >"$seed"
        sed 's/"aws.account"/"enable-region-alert"/' "$seed" >"$seed-test"
        sed 's/AWS API Call via CloudTrail/Region Opt-In Status Change/
            s/"EnableRegion"/"<!channel> *EnableRegion*"/' "$seed" >"$seed-notice"
        sed 's/aws-northeast-we-1/aws-northeast-western-lake-district-12/' "$seed" >"$seed-region"
        fill "$seed" "$quotes" quotes
        fill "$seed" "$wide" wide
        fill "$seed" "  " spaces
    done
    escape=$(printf '\033')
    for names in 111122223333= 111122223333=a,111122223333=b 1=a "111122223333=$escape"; do
        { echo "A$names" && cat "$file"; } >"$corpus/names-$names"
    done
}

case $target in
rule) find function/rules tests/sigma/rules -name "*.y*ml" -exec cp {} "$corpus" \; ;;
event) cp events/*.json "$corpus" ;;
alert) seed_alerts ;;
esac
log=$corpus.log
if ! "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=16384 \
    -artifact_prefix="$corpus-" -print_final_stats=1 "$corpus" >"$log" 2>&1; then
    cat "$log"
    exit 1
fi
sed -n 's/^stat::number_of_executed_units: */        executions: /p' "$log"
