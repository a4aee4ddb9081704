#!/bin/sh
# Writes the EventBridge pattern of function/rules into templates, behind each line `Pattern: #` and
# `EventPattern: #`.
# Usage: pattern.sh build/sigma TEMPLATE...
set -eu
pattern=$("$1" pattern function/rules)
shift
next=$(mktemp)
trap 'rm -f "$next"' EXIT
for template; do
    PATTERN="  $pattern" awk '
        behind { print indent ENVIRON["PATTERN"]; behind = 0; next }
        { print }
        /^ *(Event)?Pattern: #/ {
            behind = 1
            indent = $0
            sub(/[^ ].*/, "", indent)
        }
    ' "$template" >"$next"
    cat "$next" >"$template"
done
