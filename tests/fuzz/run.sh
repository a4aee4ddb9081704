#!/bin/sh
# Fuzzes one target, from the seeds that the project has and from the target's corpus; or adds to the
# corpus what the last runs found that it does not cover yet.
# Usage: run.sh PROGRAM TARGET -max_total_time=SECONDS|-runs=COUNT|-merge=1
set -eu
program=$1
target=$2
what=$3
kept=tests/fuzz/corpus/$target
corpus=$(dirname "$program")/corpus-$target
mkdir -p "$corpus"

# A finding is run again without these to see where memory came from.
export ASAN_OPTIONS=malloc_context_size=0:quarantine_size_mb=8

if [ "$what" = -merge=1 ]; then
    exec "$program" -merge=1 -use_counters=0 -max_len=4096 -verbosity=0 "$kept" "$corpus"
fi

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
# is posted; and a refusal. The first letter is the end of connections: see server.h.
seed_events() {
    taken='\036HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n'
    head='HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: id-1\r\n'
    for name in Invocation-Id Deadline-Ms Trace-Id Invoked-Function-Arn Aws-Tenant-Id \
        Client-Context Cognito-Identity; do
        head="${head}Lambda-Runtime-$name: 12345678\r\n"
    done
    for end in A B C; do
        printf '%b' "$end${head}Content-Length: 2\r\n\r\n{}$taken" >"$corpus/$end-whole"
        printf '%b' "$end$head$(chunks '{}')$taken" >"$corpus/$end-chunked"
        printf '%b' "${end}HTTP/1.1 100 Continue\r\n\r\n$head\r\n{}$taken" >"$corpus/$end-interim"
        printf '%b' "${end}HTTP/1.1 403 No\r\nContent-Length: 4\r\n\r\nbusy" >"$corpus/$end-refused"
    done
}

# The last headers and a body of two bytes.
chunks() {
    printf '%s' 'Transfer-Encoding: chunked\r\n\r\n'
    printf '%s\r\n' 1 "${1%?}" '1;x=y' "${1#?}" 0 'X: y' ''
}

ids='<MessageId>m-1</MessageId><RequestId>r-1</RequestId>'
refused='<Code>Throttling</Code><Message>&lt;Rate&gt; exceeded &amp; over</Message>'

seed_bodies() {
    printf 'H%s' "$ids" >"$corpus/accepted"
    printf 'I%s' "$refused" >"$corpus/refused"
}

# H, I and J open a connection ahead, which takes the first answer.
seed_answers() {
    head='x-amzn-RequestId: r-1\r\nContent-Length'
    for end in A B C H I J; do
        for body in "200 OK\r\n$head: ${#ids}\r\n\r\n$ids" \
            "400 Bad\r\nx-amz-retry-after: 5\r\n$head: ${#refused}\r\n\r\n$refused"; do
            printf '%b' "${end}HTTP/1.1 $body\036HTTP/1.1 $body" >"$corpus/$end-${body%% *}"
        done
    done
}

# Values in the order of fuzz_config.c.
seed_values() {
    names='111122223333=prod, 444455556666=Log archive'
    for topic in aws:sns:us-east-1 aws-cn:sns:cn-north-1 aws-us-gov:sns:us-gov-west-1; do
        start="arn:$topic:123456789012:alerts"
        printf '%b' "$start" >"$corpus/$topic"
        printf '%b' "$start.fifo\036\036\036\036\036\036\036true\036true" >"$corpus/$topic-kind"
        for url in https://vpce-1.example.com:443/ 'http://[::1]:9000' http://localhost; do
            printf '%b' "$start\036$url\036$names\036ocsf\036262144\0365\0363\036false\036false" \
                "\036\036https://x\036eu-central-2\036/var/task\036AKID\036key\036token" \
                >"$corpus/$topic-$(printf '%s' "$url" | tr -d /)"
        done
    done
}

case $target in
rule) find function/rules tests/sigma/rules -name "*.y*ml" -exec cp {} "$corpus" \; ;;
event) cp events/*.json "$corpus" ;;
alert) seed_alerts ;;
answer) seed_bodies ;;
config) seed_values ;;
runtime_api) seed_events ;;
sns) seed_answers ;;
esac
log=$corpus.log
max_len=4096
test "$target" != alert || max_len=8192
if ! "$program" "$what" -timeout=10 -rss_limit_mb=2048 -max_len="$max_len" \
    -artifact_prefix="$corpus-" -print_final_stats=1 "$corpus" "$kept" >"$log" 2>&1; then
    cat "$log"
    exit 1
fi
sed -n 's/^stat::number_of_executed_units: */        executions: /p' "$log"
