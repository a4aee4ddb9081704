#!/bin/sh
# Builds libcurl.a (HTTP and TLS only) and libcjson.a from Debian's source packages.
# Usage: libraries.sh FOLDER x86_64|arm64
# makes FOLDER/include, FOLDER/lib and, last, FOLDER/versions.txt
#
# For arm64, all other libraries come into FOLDER too, from Debian's arm64 packages: the machine
# need not know that architecture. glibc is one: the cross-compiler's own lacks security fixes.
#
# Debian's own libcurl.a wants Kerberos, LDAP and SSH and cannot be linked statically, and its
# libcjson-dev holds no static library. The source packages carry Debian's security fixes.
set -eu

case $2 in
x86_64) cross= ;;
arm64) cross=aarch64-linux-gnu- ;;
*) echo "libraries.sh: no such architecture: $2" >&2; exit 2 ;;
esac
dev_packages='libc6-dev libssl-dev libc-ares-dev libyaml-dev libpcre2-dev'

rm -rf "$1"
mkdir -p "$1/work" "$1/lib" "$1/include/cjson"
folder=$(cd "$1" && pwd)
work=$folder/work
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
cd "$work"

# Quiet unless it fails.
exec 3>&1 4>&2 >log 2>&1
trap 'test $? -eq 0 || cat "$work/log" >&4' EXIT

export CFLAGS="-O2 -fPIE -ffunction-sections -fdata-sections -fstack-protector-strong \
-ffile-prefix-map=$work=deps"

# apt-get with package lists and a cache of its own: the machine's stay as they are.
private_apt() {
    apt-get -q -o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache" \
        -o APT::Sandbox::User=root "$@"
}

# Debian's own among the machine's package sources, as entries for sources and, to cross-build, for
# packages. Given a command that is apt-get, so that no mirror is named here and other vendors'
# entries stay out.
debian_sources() {
    for kind in deb-src ${cross:+deb}; do
        # shellcheck disable=SC2016 # apt-get expands these names
        "$@" indextargets 'Created-By: Packages' 'Origin: Debian' 'Component: main' \
            --format "$kind [signed-by=$keyring] "'$(REPO_URI) $(RELEASE) main' | sort -u
    done
}

download() {
    mkdir -p lists/partial cache/archives/partial
    debian_sources apt-get >sources.list
    if [ ! -s sources.list ]; then # the machine holds no package lists, as in container images
        private_apt update || true # other vendors may fail
        debian_sources private_apt >sources.list
    fi
    set -- -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=-
    if [ -n "$cross" ]; then
        : >status # of no package: what is installed here is of another architecture
        set -- "$@" -o APT::Architecture=arm64 -o APT::Architectures=arm64 \
            -o Dir::State::status="$work/status"
    fi
    private_apt "$@" update
    private_apt "$@" source --only-source --download-only curl cjson
    if [ -n "$cross" ]; then
        # shellcheck disable=SC2086 # one word each
        private_apt "$@" download $dev_packages
    fi
}

# apt-get has checked the .dsc against the signed index.
unpack() {
    dpkg-source --no-check -x "$1"_*.dsc "$1"
}

# What the development packages for arm64 hold, headers and static libraries, into $folder.
unpack_packages() {
    for package in *.deb; do
        dpkg-deb -x "$package" packages
    done
    mv packages/usr/include/aarch64-linux-gnu packages/multiarch
    cp -r packages/usr/include/. packages/multiarch/. "$folder/include/"
    cp packages/usr/lib/aarch64-linux-gnu/*.[ao] "$folder/lib/"
}

# Never --disable-crypto-auth: it would drop CURLOPT_AWS_SIGV4 without an error.
build_curl() {
    cd "$work/curl"
    set -- --with-openssl --enable-ares
    if [ -n "$cross" ]; then # --enable-ipv6: configure cannot try it
        set -- --host="${cross%-}" --with-openssl="$folder" --enable-ares="$folder" --enable-ipv6
        export LDFLAGS=-static            # $folder has no shared libraries
        export PKG_CONFIG_LIBDIR=/nowhere # it would find the machine's own
    fi
    # shellcheck disable=SC2046 # one word each
    ./configure "$@" --disable-shared --enable-static \
        --without-ca-bundle --without-ca-path --disable-openssl-auto-load-config \
        $(printf -- '--disable-%s ' ftp file ldap ldaps rtsp dict telnet tftp pop3 imap smb smtp \
            gopher mqtt manual libcurl-option alt-svc hsts ntlm cookies netrc doh mime \
            progress-meter unix-sockets tls-srp get-easy-options headers-api proxy websockets) \
        $(printf -- '--without-%s ' zlib brotli zstd libpsl libidn2 nghttp2 librtmp libssh2 gssapi)
    make -j"$(nproc)" -C lib
    make -C include install-data prefix="$folder"
    cp lib/.libs/libcurl.a "$folder/lib/"
}

build_cjson() {
    cd "$work/cjson"
    # shellcheck disable=SC2086 # one word each
    "${cross}gcc" $CFLAGS -c cJSON.c
    "${cross}ar" rcsD "$folder/lib/libcjson.a" cJSON.o
    cp cJSON.h "$folder/include/cjson/"
}

# What went in: name and version, the hash of every file that was downloaded.
versions() {
    cd "$work"
    for name in curl cjson; do
        echo "$name $(dpkg-parsechangelog -l "$name/debian/changelog" -S Version)"
    done
    set -- *.dsc *.orig.tar.* *.debian.tar.*
    # shellcheck disable=SC2016 # dpkg expands these names
    format='${source:Package} ${source:Version}\n'
    if [ -n "$cross" ]; then
        for package in *.deb; do
            dpkg-deb -W --showformat="$format" "$package"
        done
        set -- "$@" *.deb
    else
        # shellcheck disable=SC2086 # one word each
        dpkg-query -W -f "$format" $dev_packages
    fi
    sha256sum -- "$@"
}

download
unpack curl
unpack cjson
if [ -n "$cross" ]; then
    unpack_packages
fi
build_curl
build_cjson
versions >"$folder/versions.tmp"
cat "$folder/versions.tmp" >&3
cd "$folder"
rm -rf "$work"
mv versions.tmp versions.txt
