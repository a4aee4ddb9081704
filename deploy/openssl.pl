#!/usr/bin/perl
# Takes out of OpenSSL's source what a client of TLS 1.2 and 1.3 with AES-GCM never uses, and what
# Configure has no option for: its start costs the more the more algorithms it knows.
# Usage: openssl.pl FOLDER, of OpenSSL's source, before it is built
#
# Entries of tables go, and a digest that is none is no longer searched for. Where a change does not
# apply, as to a later version of OpenSSL, nothing is changed, and the exit status is not 0.
use strict;
use warnings;

my $folder = shift or die "Usage: openssl.pl FOLDER\n";

# What stays: digests, AES-GCM, what the random generator is made of, key derivation, keys.
my $algorithms = join '|', qw(
    SHA1 SHA2_256 SHA2_384 SHA2_512 HMAC AES_128_GCM AES_256_GCM AES_256_ECB AES_256_CTR CTR_DRBG
    SEED_SRC HKDF TLS1_3_KDF TLS1_PRF EC ECDH ECDSA X25519 RSA RSA_PSS);
my $groups = 'secp256r1|secp384r1|secp521r1|x25519';
my $suites = 'TLS1_3_RFC_AES_\d+_GCM|TLS1_TXT_ECDHE_(?:RSA|ECDSA)_WITH_AES_\d+_GCM';
my $legacy = 'EVP_sha(?:1|256|384|512)\(|EVP_aes_(?:128_gcm|256_(?:gcm|ecb|ctr))\(|SN_sha1';

# Of each file: what goes, and what comes instead if anything does.
my @changes = (
    # the tables of the provider
    ['providers/defltprov.c', qr/\{\s*PROV_NAMES_(?!(?:$algorithms)\b)\w+,[^}]*\},/],
    ['providers/defltprov.c', qr/\bALGC?\(PROV_NAMES_(?!(?:$algorithms)\b)\w+,[^)]*\),/],
    ['providers/encoders.inc', qr/^ENCODER(?:_TEXT|_w_structure)?\(.*?\),$/ms],
    ['providers/decoders.inc',
        qr/^DECODER(?:_w_structure)?\("(?!(?:RSA|RSA-PSS|EC)", der, SubjectPublic).*?\),$/ms],
    ['providers/stores.inc', qr/^STORE\(.*\)$/m],
    ['providers/common/capabilities.c', qr/^ *TLS_GROUP_ENTRY\("(?!$groups).*$/m],

    # the cipher suites, and the ciphers and digests that are looked up for them
    ['ssl/s3_lib.c', qr/^ *\{\n *1,\n *(?!$suites)\w+,[^}]*\},?\n/m],
    ['ssl/ssl_ciph.c', qr/\{ SSL_(?!AES\d+GCM|SHA|eNULL|[ak])\w+, \KNID_(?!undef)\w+/, 'NID_undef'],
    ['ssl/ssl_ciph.c', qr/\{ 0, \KNID_(?:md5_sha1|sha224)\b/, 'NID_undef'],
    ['ssl/ssl_lib.c', qr/^    \K(?=md = tls_get_digest_from_engine)/m,
        "if (nid == NID_undef)\n        return NULL;\n    "],

    # the lists of the interface before providers: digests cost time at the start, ciphers room
    ['crypto/evp/c_alld.c', qr/^ *EVP_add_digest(?:_alias)?\((?!$legacy).*?;$/ms],
    ['crypto/evp/c_allc.c', qr/^ *EVP_add_cipher(?:_alias)?\((?!$legacy).*?;$/ms],
);

my %texts;
my $notice = "/* Changed for enable-region-alert: what it never uses is left out. */\n";
local $/; # files are read whole

for my $change (@changes) {
    my ($file, $pattern, $instead) = (@$change, '');
    if (!$texts{$file}) {
        open my $in, '<', "$folder/$file" or die "openssl.pl: $file: $!\n";
        $texts{$file} = $notice . <$in>;
    }
    $texts{$file} =~ s/$pattern/$instead/g or die "openssl.pl: $file has nothing like $pattern\n";
}

for my $file (keys %texts) {
    open my $out, '>', "$folder/$file.new" or die "openssl.pl: $file.new: $!\n";
    print $out $texts{$file};
    close $out or die "openssl.pl: $file.new: $!\n";
}

for my $file (keys %texts) {
    rename "$folder/$file.new", "$folder/$file" or die "openssl.pl: $file: $!\n";
}
