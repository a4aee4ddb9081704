#!/bin/sh
# Installs the Debian packages that the given purposes need and that are missing.
# Usage: packages.sh build|arm64|package|python|test|qemu|fuzz|bench|naive|peers|lint|coverage|fresh...
set -eu

packages() {
    case $1 in
    build) # ca-certificates and openssl: the embedded roots; dpkg-dev: source packages
        echo make gcc libc6-dev dpkg-dev pkg-config ca-certificates openssl \
            libssl-dev libc-ares-dev libyaml-dev libpcre2-dev zlib1g-dev ;;
    arm64) echo gcc-aarch64-linux-gnu libc6-dev-arm64-cross ;; # the rest: libraries.sh
    package) # two have the licences of curl and cJSON; advzip packs tighter
        echo python3 libcurl4-doc libcjson1 advancecomp ;;
    python) echo python3-venv unzip ;;
    test) # the last two: for the examples of runtime/ and programs in C++ that use it
        echo libcmocka-dev busybox strace libcjson-dev g++ ;;
    qemu) echo qemu-user-static ;;
    lint) echo clang-19 clang-format-19 clang-tidy-19 clang-tools-19 cppcheck shellcheck ;;
    bench) echo valgrind ;;
    naive) echo libcurl4-openssl-dev libcjson-dev ;; # the build that `make bench` compares with
    peers) echo zip advancecomp ;;
    fuzz) echo clang-19 libclang-rt-19-dev ;;
    coverage) echo gcovr ;;
    fresh) echo debootstrap git ;;
    *) echo "packages.sh: no such purpose: $1" >&2; exit 2 ;;
    esac
}

is_missing() {
    test "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" != installed
}

missing=
for purpose; do
    list=$(packages "$purpose")
    for package in $list; do
        if is_missing "$package"; then
            missing="$missing $package"
        fi
    done
done
test -n "$missing" || exit 0

echo "Installing with apt-get what is missing here for $*:$missing"
sudo=
if [ "$(id -u)" -ne 0 ]; then
    sudo=sudo
    if ! command -v sudo >/dev/null; then
        echo "Neither root nor sudo here. As root: apt-get install$missing" >&2
        exit 1
    fi
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2086 # a list of words
if ! { $sudo apt-get -q update &&
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get -qy install --no-install-recommends $missing
} >"$log" 2>&1 </dev/null; then
    cat "$log" >&2
    exit 1
fi
