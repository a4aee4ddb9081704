#!/bin/sh
# Writes the EventBridge pattern of function/rules into the template, behind the line `Pattern:`.
# Usage: pattern.sh build/sigma template.yaml
set -eu
pattern=$("$1" pattern function/rules)
indent=$(sed -n 's/^\( *\)Pattern: #.*/\1/p' "$2")
next=$(mktemp)
trap 'rm -f "$next"' EXIT
PATTERN="$indent  $pattern" awk '
    behind { print ENVIRON["PATTERN"]; behind = 0; next }
    { print }
    /^ *Pattern: #/ { behind = 1 }
' "$2" >"$next"
cat "$next" >"$2"
