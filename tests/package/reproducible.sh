#!/bin/sh
# Makes the release of HEAD twice, with its libraries, in folders of different names and at different
# times, and compares. The second is begun a little later: neither keeps two processors busy.
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

package one &
sleep 5
status=0
package another/further/down || status=1
wait $! || status=1
test $status -eq 0 || exit 1

cd "$folder"
for file in one/build/enable-region-alert-*; do
    cmp "$file" "another/further/down/${file#one/}" || status=1
done
test $status -ne 0 || sha256sum one/build/enable-region-alert-*
exit $status
