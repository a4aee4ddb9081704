#!/bin/sh
# Builds libcurl.a (HTTP only), libcjson.a, libssl.a and libcrypto.a from Debian's source packages.
# Usage: libraries.sh FOLDER x86_64|arm64
# makes FOLDER/include, FOLDER/lib and, last, FOLDER/versions.txt; and FOLDER/openssl.changed where
# openssl.pl has changed OpenSSL
#
# For arm64, all other libraries come into FOLDER too, from Debian's arm64 packages: the machine
# need not know that architecture. glibc is one: the cross-compiler's own lacks security fixes.
#
# Debian's own libcurl.a wants Kerberos, LDAP and SSH and cannot be linked statically, and its
# libcjson-dev holds no static library. The source packages carry Debian's security fixes. OpenSSL's
# start costs the more the more algorithms it has: it is built with what a client of TLS 1.2 and 1.3
# needs, as far as Configure can leave out the rest, and openssl.pl. Where its source package cannot
# be had whole, as from a mirror that lags behind, Debian's patches are left out, and versions.txt
# names no revision of Debian's; where not even its upstream part comes, libssl-dev's library is
# taken. Both are announced, and so is a source that openssl.pl does not know.
set -eu

case $2 in
x86_64) cross='' openssl_target=linux-x86_64 copying=-mstringop-strategy=libcall ;;
arm64) cross=aarch64-linux-gnu- openssl_target=linux-aarch64 copying='' ;;
*) echo "libraries.sh: no such architecture: $2" >&2; exit 2 ;;
esac
packages='libc6-dev libc-ares-dev libyaml-dev libpcre2-dev'

rm -rf "$1"
mkdir -p "$1/work" "$1/lib" "$1/include/cjson"
folder=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
work=$folder/work
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
cd "$work"

# Of a make -j that calls this, nothing goes on to the makes below: its pipe is not open here.
unset MAKEFLAGS MFLAGS

# Quiet unless it fails.
exec 3>&1 4>&2 >log 2>&1
trap 'test $? -eq 0 || cat "$work/log" >&4' EXIT

# For x86_64, GCC would copy and clear many things by rep movs and rep stos, which take longer to
# begin than most copies take altogether: the C library's functions are quicker.
hardened="$copying -fPIE -ffunction-sections -fdata-sections -fstack-protector-strong \
-fno-asynchronous-unwind-tables -D_FORTIFY_SOURCE=2"
export CFLAGS="-O2 $hardened -ffile-prefix-map=$work=deps"
export SOURCE_DATE_EPOCH=0 # OpenSSL notes when it was built

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

# apt-get with these sources alone.
debian_apt() {
    if [ -n "$cross" ]; then # of no package: what is installed here is of another architecture
        set -- -o APT::Architecture=arm64 -o APT::Architectures=arm64 \
            -o Dir::State::status=/dev/null "$@"
    fi
    private_apt -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=- "$@"
}

download_sources() {
    mkdir -p lists/partial cache/archives/partial
    debian_sources apt-get >sources.list
    if [ ! -s sources.list ]; then # the machine holds no package lists, as in container images
        private_apt update || true # other vendors may fail
        debian_sources private_apt >sources.list
    fi
    debian_apt update
    debian_apt source --only-source --download-only curl cjson
    debian_apt source --only-source --print-uris openssl >openssl.uris
    debian_apt source --only-source --download-only openssl || true # part of it may do
}

# apt-get has checked the .dsc against the signed index.
unpack() {
    dpkg-source --no-check -x "$1"_*.dsc "$1"
}

# Lines of openssl.uris are: 'URI' NAME SIZE SHA256:HASH.
is_complete() {
    sed -nE "s/^'[^']*' ([^ ]*) [0-9]+ SHA256:(.*)/\\2  \\1/p" openssl.uris | grep -E "$1" >wanted &&
        sha256sum --check --quiet wanted
}

unpack_openssl() {
    if is_complete .; then
        unpack openssl
    elif is_complete '\.orig\.tar\.gz$'; then
        echo "libraries.sh: OpenSSL comes without Debian's patches, which cannot be downloaded" >&4
        mkdir openssl
        tar -xf openssl_*.orig.tar.gz -C openssl --strip-components 1
    else
        echo "libraries.sh: OpenSSL's source cannot be downloaded; libssl-dev's library is slower" >&4
        rm -f openssl_*
        packages="$packages libssl-dev"
    fi
}

# What the development packages for arm64 hold, headers and static libraries, into $folder.
fetch_packages() {
    # shellcheck disable=SC2086 # one word each
    debian_apt download $packages
    for package in *.deb; do
        dpkg-deb -x "$package" packages
    done
    mv packages/usr/include/aarch64-linux-gnu packages/multiarch
    cp -r packages/usr/include/. packages/multiarch/. "$folder/include/"
    cp packages/usr/lib/aarch64-linux-gnu/*.[ao] "$folder/lib/"
}

build_openssl() {
    cd "$work/openssl"
    if "$here/openssl.pl" .; then
        touch "$folder/openssl.changed"
    else
        echo "libraries.sh: OpenSSL keeps what openssl.pl would leave out; it is slower" >&4
    fi
    # The compiler's options become part of the library, so none names a folder. -Os: most of the
    # cryptography is in assembler, so the program is smaller and hardly slower. Without threads:
    # one thread speaks TLS, and does not pay for locks.
    # shellcheck disable=SC2046 # one word each
    CFLAGS="-Os $hardened" ./Configure "$openssl_target" --prefix=/usr --libdir=lib \
        --openssldir=/usr/lib/ssl ${cross:+--cross-compile-prefix="$cross"} no-pic \
        $(printf 'no-%s ' shared threads tests engine dso module legacy autoload-config comp err \
            filenames secure-memory ssl3 tls1 tls1_1 dtls srp psk srtp gost sm2 sm3 sm4 aria \
            camellia bf cast chacha poly1305 des idea rc2 rc4 rc5 seed ocb siv md4 mdc2 rmd160 \
            whirlpool siphash blake2 scrypt cmac dsa dh ec2m cms ts ocsp ct cmp multiblock \
            ui-console rfc3779 nextprotoneg async)
    make -j"$(nproc)" build_libs
    make install_dev DESTDIR="$work/installed"
    cp -r "$work/installed/usr/include/." "$folder/include/"
    cp "$work/installed/usr/lib/"*.a "$folder/lib/"
}

# Never --disable-crypto-auth: it would drop CURLOPT_AWS_SIGV4 without an error.
build_curl() {
    cd "$work/curl"
    set -- --with-openssl --enable-ares
    if [ -d "$work/openssl" ]; then
        set -- --with-openssl="$folder" --enable-ares
    fi
    if [ -n "$cross" ]; then # --enable-ipv6: configure cannot try it
        set -- --host="${cross%-}" --with-openssl="$folder" --enable-ares="$folder" --enable-ipv6
        export LDFLAGS=-static # $folder has no shared libraries
    fi
    export PKG_CONFIG_LIBDIR=/nowhere # it would find the machine's own
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

version_of_source() {
    echo "$1 $(dpkg-parsechangelog -l "$1/debian/changelog" -S Version)"
}

# What went in, by the names of source packages; then the hash of every file that was downloaded.
versions() {
    cd "$work"
    version_of_source curl
    version_of_source cjson
    if [ -d openssl/debian ]; then
        version_of_source openssl
    elif [ -d openssl ]; then # without a Debian revision, so that it counts as the older one
        echo openssl_*.orig.tar.gz | sed 's/_/ /; s/\.orig.*//'
    fi
    # shellcheck disable=SC2016 # dpkg expands these names
    set -- '--showformat=${source:Package} ${source:Version}\n'
    dpkg-query -W "$@" "$(dpkg -S "$("${cross}gcc" -print-libgcc-file-name)" | cut -d: -f1)"
    if [ -n "$cross" ]; then
        for package in *.deb; do
            dpkg-deb -W "$@" "$package"
        done
    else
        # shellcheck disable=SC2086 # one word each
        dpkg-query -W "$@" $packages
    fi
    find . -maxdepth 1 -name '*_*.*' -printf '%P\n' | sort | xargs sha256sum
}

download_sources
unpack curl
unpack cjson
unpack_openssl
if [ -n "$cross" ]; then
    fetch_packages
fi
if [ -d openssl ]; then
    build_openssl
fi
build_curl
build_cjson
versions >"$folder/versions.tmp"
cat "$folder/versions.tmp" >&3
cd "$folder"
rm -rf "$work"
mv versions.tmp versions.txt
