#!/bin/sh
# Says why a peer cannot be built here; says nothing if it can.
# Usage: missing.sh rust|rust-prewarmed|rust-default|go|python
set -eu
cd "$(dirname "$0")"

case $1 in
rust*)
    tool=cargo
    version='cargo --version'
    least=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' rust/Cargo.toml) ;;
go)
    tool=go
    version='go version'
    least=$(sed -n 's/^go //p' go/go.mod) ;;
python) exit 0 ;; # the tests need it anyway
*) echo "missing.sh: no such peer: $1" >&2; exit 2 ;;
esac

if ! command -v "$tool" >/dev/null; then
    echo "no $tool here"
    exit 0
fi
found=$($version | sed 's/^[^0-9]*\([0-9.]*\).*/\1/')
if [ "$(printf '%s\n' "$least" "$found" | sort -V | head -n 1)" != "$least" ]; then
    echo "$tool $found is here, it needs $least"
fi
