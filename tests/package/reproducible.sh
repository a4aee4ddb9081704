#!/bin/sh
# Makes the release of HEAD twice, with its libraries, in folders of different names and at different
# times, and compares.
# Usage: reproducible.sh FOLDER
set -eu
folder=$1
rm -rf "$folder"
for copy in one another/further/down; do
    git clone -q . "$folder/$copy"
    for arch in x86_64 arm64; do
        nice make -C "$folder/$copy" package ARCH=$arch
    done
done
cd "$folder"
status=0
for file in one/build/enable-region-alert-*; do
    cmp "$file" "another/further/down/${file#one/}" || status=1
done
test $status -ne 0 || sha256sum one/build/enable-region-alert-*
exit $status
