#!/bin/sh
# Fuzzes one target for some seconds, from the seeds that the project has.
# Usage: run.sh PROGRAM rule|event SECONDS
set -eu
program=$1
target=$2
seconds=$3
corpus=$(dirname "$program")/corpus-$target
mkdir -p "$corpus"
case $target in
rule) find function/rules tests/sigma/rules -name "*.y*ml" -exec cp {} "$corpus" \; ;;
event) cp events/*.json "$corpus" ;;
esac
log=$corpus.log
if ! "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=16384 \
    -artifact_prefix="$corpus-" -print_final_stats=1 "$corpus" >"$log" 2>&1; then
    cat "$log"
    exit 1
fi
sed -n 's/^stat::number_of_executed_units: */        executions: /p' "$log"
