#!/bin/sh
# What `make install` has put into a folder: install.sh FOLDER
set -eu
library=$1/lib/liblambda-c-runtime.so
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

# The shared library offers what the headers declare, and nothing else. lambda_handler is a type.
grep -ohE '\blambda_[a-z0-9_]+\(' "$1"/include/lambda/*.h | tr -d '(' | sort -u |
    grep -vx lambda_handler >"$work/declared"
nm -D --defined-only "$library" | sed -nE 's/.* T (.*)@@LAMBDA_C_RUNTIME_0$/\1/p' | sort >"$work/offered"
diff "$work/declared" "$work/offered"

# Each header stands alone, in C++ too.
for header in "$1"/include/lambda/*.h; do
    echo "#include <lambda/${header##*/}>" >"$work/one.cc"
    g++ -std=c++11 -Wall -Wextra -Wpedantic -Werror -I "$1/include" -fsyntax-only "$work/one.cc"
done

# Each whole program in the README compiles as it stands there.
awk -v work="$work" '/^```/ { out = /c$/ ? work "/readme" ++n ".c" : ""; next } out { print >out }' README.md
for source in "$work"/readme*.c; do
    cc -std=c17 -Wall -Wextra -Wpedantic -Werror -I "$1/include" -fsyntax-only "$source"
done

# It is found by the name that a program was linked with.
test "$(readlink "$library")" = liblambda-c-runtime.so.0
readelf -d "$library" | grep -q 'soname: \[liblambda-c-runtime.so.0\]'
echo 'install: all is there'
