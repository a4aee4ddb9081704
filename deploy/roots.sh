#!/bin/sh
# Writes the five roots that AWS endpoints chain to, as a C header.
# Usage: roots.sh [EXTRA.pem] >amazon_roots.h
# They come from Debian's ca-certificates, each checked by the SHA-256 of its public key, which is
# what amazontrust.com publishes. EXTRA is one more, unchecked: for a benchmark's own server.
set -eu

folder=/usr/share/ca-certificates/mozilla

spki_sha256() {
    openssl x509 -in "$1" -noout -pubkey | openssl pkey -pubin -outform DER |
        sha256sum | cut -c 1-64
}

# "offset, length" of the subject in a certificate: the fourth sequence of its second level.
subject() {
    openssl asn1parse -in "$1" | tr ':=' '  ' |
        awk '$3 == 2 && $9 == "SEQUENCE" && ++count == 4 { print $1 ", " $5 + $7 }'
}

# One row of the table.
root() {
    echo "    {$(openssl x509 -in "$1" -outform DER | wc -c), $(subject "$1"), (const unsigned char[]){"
    openssl x509 -in "$1" -outform DER | od -An -v -tx1 | sed 's/ \(..\)/0x\1,/g'
    echo "     }},"
}

cat <<'end'
/* The Amazon Trust Services roots in DER, made by deploy/roots.sh. */
#include <stddef.h>
static const struct amazon_root {
    size_t len;
    size_t subject_at; /* where in it the subject is */
    size_t subject_len;
    const unsigned char *der;
} amazon_roots[] = {
end
while read -r wanted name; do
    file=$folder/$name.crt
    found=$(spki_sha256 "$file")
    if [ "$found" != "$wanted" ]; then
        echo "roots.sh: the public key of $file is $found, not $wanted" >&2
        exit 1
    fi
    root "$file"
done <<'end'
fbe3018031f9586bcbf41727e417b7d1c45c2f47f93be372a17b96b50757d5a2 Amazon_Root_CA_1
7f4296fc5b6a4e3b35d3c369623e364ab1af381d8fa7121533c9d6c633ea2461 Amazon_Root_CA_2
36abc32656acfc645c61b71613c4bf21c787f5cabbee48348d58597803d7abc9 Amazon_Root_CA_3
f7ecded5c66047d28ed6466b543c40e0743abe81d109254dcf845d4c2c7853c5 Amazon_Root_CA_4
2b071c59a0a0ae76b0eadb2bad23bad4580b69c3601b630c2eaf0613afa83f92 Starfield_Services_Root_Certificate_Authority_-_G2
end
for file; do
    root "$file"
done
echo '};'
