#!/bin/sh
# Writes the five roots that AWS endpoints chain to, as a C header.
# Usage: roots.sh >amazon_roots.h
# They come from Debian's ca-certificates, each checked by the SHA-256 of its public key, which is
# what amazontrust.com publishes.
set -eu

folder=/usr/share/ca-certificates/mozilla

spki_sha256() {
    openssl x509 -in "$1" -noout -pubkey | openssl pkey -pubin -outform DER |
        sha256sum | cut -c 1-64
}

cat <<'end'
/* The Amazon Trust Services roots in PEM, made by deploy/roots.sh. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverlength-strings"
static const char amazon_roots[] =
end
while read -r wanted name; do
    file=$folder/$name.crt
    found=$(spki_sha256 "$file")
    if [ "$found" != "$wanted" ]; then
        echo "roots.sh: the public key of $file is $found, not $wanted" >&2
        exit 1
    fi
    echo "    /* $name */"
    sed 's/.*/    "&\\n"/' "$file"
done <<'end'
fbe3018031f9586bcbf41727e417b7d1c45c2f47f93be372a17b96b50757d5a2 Amazon_Root_CA_1
7f4296fc5b6a4e3b35d3c369623e364ab1af381d8fa7121533c9d6c633ea2461 Amazon_Root_CA_2
36abc32656acfc645c61b71613c4bf21c787f5cabbee48348d58597803d7abc9 Amazon_Root_CA_3
f7ecded5c66047d28ed6466b543c40e0743abe81d109254dcf845d4c2c7853c5 Amazon_Root_CA_4
2b071c59a0a0ae76b0eadb2bad23bad4580b69c3601b630c2eaf0613afa83f92 Starfield_Services_Root_Certificate_Authority_-_G2
end
echo '    ;'
echo '#pragma GCC diagnostic pop'
