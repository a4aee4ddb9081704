#!/bin/sh
# Fuzzes one target for some seconds, from the seeds that the project has.
# Usage: run.sh PROGRAM rule|event|alert|runtime_api SECONDS
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

# An event with every header, whole, in chunks and after an interim answer, with the answer to what
# is posted; and a refusal.
seed_answers() {
    taken='\036HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n'
    head='HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: id-1\r\n'
    for name in Invocation-Id Deadline-Ms Trace-Id Invoked-Function-Arn Aws-Tenant-Id \
        Client-Context Cognito-Identity; do
        head="${head}Lambda-Runtime-$name: 12345678\r\n"
    done
    chunks='Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1;x=y\r\n}\r\n0\r\nX: y\r\n\r\n'
    for first in A B; do # see FIN
        printf '%b' "$first${head}Content-Length: 2\r\n\r\n{}$taken" >"$corpus/$first-whole"
        printf '%b' "$first$head$chunks$taken" >"$corpus/$first-chunked"
        printf '%b' "${first}HTTP/1.1 100 Continue\r\n\r\n$head\r\n{}$taken" >"$corpus/$first-interim"
        printf '%b' "${first}HTTP/1.1 403 No\r\nContent-Length: 4\r\n\r\nbusy" >"$corpus/$first-refused"
    done
}

case $target in
rule) find function/rules tests/sigma/rules -name "*.y*ml" -exec cp {} "$corpus" \; ;;
event) cp events/*.json "$corpus" ;;
alert) seed_alerts ;;
runtime_api) seed_answers ;;
esac
log=$corpus.log
if ! "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=16384 \
    -artifact_prefix="$corpus-" -print_final_stats=1 "$corpus" >"$log" 2>&1; then
    cat "$log"
    exit 1
fi
sed -n 's/^stat::number_of_executed_units: */        executions: /p' "$log"
