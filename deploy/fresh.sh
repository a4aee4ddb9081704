#!/bin/sh
# Runs the commands of the README and of the container's recipe on a minimal Debian 12, to which only
# git and make are added.
# Usage: fresh.sh FOLDER     as root; FOLDER becomes the root of that Debian, HEAD is cloned into it
#
# The machine's package mirrors, proxies and pip settings hold there too; nothing else of its
# environment does. Mounts and processes live in namespaces of their own, so none outlives this.
set -eu

root=$(realpath -m "$1")
path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

if [ "$(id -u)" -ne 0 ]; then
    echo "fresh.sh: debootstrap and chroot need root" >&2
    exit 1
fi

# Debian's own among the machine's package sources: $1 is what to print of each.
debian_sources() {
    apt-get indextargets 'Created-By: Packages' 'Origin: Debian' 'Component: main' \
        --format "$1" | sort -u
}

# Packages come from where the machine gets them.
carry_apt_settings() {
    # shellcheck disable=SC2016 # apt-get expands these names
    debian_sources 'deb $(REPO_URI) $(RELEASE) main' >"$root/etc/apt/sources.list"
    apt-config dump | grep '^Acquire::' >"$root/etc/apt/apt.conf.d/90machine"
    cp -r /etc/apt/auth.conf* "$root/etc/apt/" 2>/dev/null || true
    cp /etc/resolv.conf /etc/hosts "$root/etc/"
}

carry_pip_settings() {
    for file in /etc/pip.conf "${HOME:-/root}/.config/pip/pip.conf"; do
        if [ -f "$file" ]; then
            cat "$file" >>"$root/etc/pip.conf"
        fi
    done
    if [ -n "${PIP_CERT:-}" ]; then
        cp "$PIP_CERT" "$root/etc/ssl/pip.pem"
        PIP_CERT=/etc/ssl/pip.pem
    fi
    if [ -d "${PIP_FIND_LINKS:-}" ]; then
        cp -r --parents "$PIP_FIND_LINKS" "$root/"
    fi
}

# A command in the fresh machine's copy of the project, and how long it took.
run() {
    echo "=== $*"
    started=$(date +%s)
    carried=$(env | sed -nE 's/^(PIP_[A-Z_]+|(https?|no|all)_proxy|(HTTPS?|NO|ALL)_PROXY)=.*/\1/p')
    for name in $carried; do
        set -- "$name=$(printenv "$name")" "$@"
    done
    # shellcheck disable=SC2016 # the inner shell expands these
    unshare --mount --pid --fork --kill-child sh -euc '
        root=$1
        shift
        mount --rbind /dev "$root/dev"
        mount -t proc proc "$root/proc"
        mount -t sysfs sysfs "$root/sys"
        exec chroot "$root" env -i -C /project HOME=/root LANG=C.UTF-8 "$@"
    ' sh "$root" PATH="$path" "$@" </dev/null
    echo "=== took $(($(date +%s) - started)) s"
}

# shellcheck disable=SC2016 # apt-get expands this name
mirror=$(debian_sources '$(RELEASE) $(REPO_URI)' | sed -n 's/^bookworm //p' | head -n 1)
if [ -z "$mirror" ]; then
    echo "fresh.sh: no Debian 12 among the package sources: is apt-get update missing?" >&2
    exit 1
fi
echo "=== Debian 12 (minbase) with git and make in $root"
rm -rf --one-file-system "$root"
mkdir -p "$root"
if ! debootstrap --variant=minbase --include=git,make,ca-certificates bookworm "$root" "$mirror" \
    >"$root.log" 2>&1; then
    cat "$root.log" >&2
    exit 1
fi
carry_apt_settings
carry_pip_settings
git clone -q . "$root/project"
run env ARCH=x86_64 sh -euc "$(sed -n 's/^RUN //p' deploy/Containerfile)"
run make demo
run make test
rm -rf --one-file-system "$root"
