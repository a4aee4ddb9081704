#!/bin/sh
# Fuzzes one target for some seconds, from the seeds that the project has.
# Usage: run.sh PROGRAM rule|event|alert SECONDS
set -eu
program=$1
target=$2
seconds=$3
corpus=$(dirname "$program")/corpus-$target
mkdir -p "$corpus"

# The events with every choice of rule, limit and format; one also as a test, a notice, and full of
# quotes.
seed_alerts() {
    names="111122223333=Production of the whole company, 444455556666=Log archive"
    quotes=$(printf '%0100d' 0 | sed 's/0/\\\\"/g')
    for choice in A B C D E F G H I J K L M Y e; do
        for file in events/*region*.json tests/fuzz/every_field.json; do
            seed=$corpus/$choice-$(basename "$file" .json)
            { echo "$choice$names" && cat "$file"; } >"$seed"
        done
        sed 's/"aws.account"/"enable-region-alert"/' "$seed" >"$seed-test"
        sed 's/AWS API Call via CloudTrail/Region Opt-In Status Change/
            s/"EnableRegion"/"<!channel> *EnableRegion*"/' "$seed" >"$seed-notice"
        sed -E "/eventName|eventSource|status/!s/: \"[^\"]*\"/: \"$quotes\"/g" "$seed" \
            >"$seed-quotes"
    done
    escape=$(printf "\033")
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
