#!/bin/sh
# Writes the EventBridge pattern of function/rules into a template, behind each line `Pattern: #`
# or `EventPattern: #`. Usage: pattern.sh build/sigma template.yaml
set -eu
pattern=$("$1" pattern function/rules)
next=$(mktemp)
trap 'rm -f "$next"' EXIT
PATTERN="$pattern" awk '
    behind { print indent "  " ENVIRON["PATTERN"]; behind = 0; next }
    { print }
    /^ *(Event)?Pattern: #/ { behind = 1; indent = $0; sub(/[^ ].*/, "", indent) }
' "$2" >"$next"
cat "$next" >"$2"
