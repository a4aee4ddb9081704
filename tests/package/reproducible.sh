#!/bin/sh
# Makes the release of HEAD twice, with its libraries, in folders of different names, and compares. The
# second is begun some seconds later: neither keeps two processors busy.
# Usage: reproducible.sh FOLDER
set -eu
folder=$1
rm -rf "$folder"
for copy in one another/further/down; do
    git clone -q . "$folder/$copy"
done

package() {
    for arch in x86_64 arm64; do
        nice make -C "$folder/$1" package ARCH=$arch || return
    done
}

set -m # the first copy gets a process group of its own, to be ended with all that it has started
package one &
first=$!
set +m
trap 'kill -- "-$first" 2>/dev/null || true' EXIT
trap 'exit 130' INT TERM
sleep 5
status=0
package another/further/down || status=1
wait "$first" || status=1
test $status -eq 0 || exit 1

cd "$folder"
for file in one/build/enable-region-alert-*; do
    cmp "$file" "another/further/down/${file#one/}" || status=1
done
test $status -ne 0 || sha256sum one/build/enable-region-alert-*
exit $status
