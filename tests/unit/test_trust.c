#include "test.h"

#include "amazon_roots.h"
#include "sns/trust.h"
#include <openssl/ec.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

enum { ROOTS = sizeof amazon_roots / sizeof amazon_roots[0] };

/* The store that a connection would verify with. */
struct fixture {
    struct trust trust;
    SSL_CTX *ssl_ctx;
    X509_STORE *store;
};

static int set_up(void **state)
{
    static struct fixture fixture;
    fixture = (struct fixture){.ssl_ctx = SSL_CTX_new(TLS_client_method())};
    assert_true(trust_amazon(&fixture.trust, fixture.ssl_ctx));
    fixture.store = SSL_CTX_get_cert_store(fixture.ssl_ctx);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    SSL_CTX_free(fixture->ssl_ctx);
    trust_done(&fixture->trust);
    return 0;
}

static X509 *decode(const struct amazon_root *root)
{
    const unsigned char *der = root->der;
    X509 *certificate = d2i_X509(NULL, &der, (long)root->len);
    assert_non_null(certificate);
    return certificate;
}

/* OpenSSL's encoders are left out, see deploy/openssl.pl. */
static void set_pubkey(X509 *certificate, EVP_PKEY *key)
{
    unsigned char *point = NULL;
    size_t len = EVP_PKEY_get1_encoded_public_key(key, &point);
    assert_true(len > 0);
    assert_int_equal(X509_PUBKEY_set0_param(X509_get_X509_PUBKEY(certificate),
                                            OBJ_nid2obj(NID_X9_62_id_ecPublicKey), V_ASN1_OBJECT,
                                            OBJ_nid2obj(NID_X9_62_prime256v1), point, (int)len),
                     1);
}

/* The certificate as a server would send it. */
static X509 *as_sent(X509 *certificate)
{
    unsigned char *der = NULL;
    int len = i2d_X509(certificate, &der);
    assert_true(len > 0);
    const unsigned char *next = der;
    X509 *sent = d2i_X509(NULL, &next, len);
    assert_non_null(X509_get0_pubkey(sent));
    OPENSSL_free(der);
    X509_free(certificate);
    return sent;
}

/* A certificate of that subject and issuer, signed with the key of the issuer. */
static X509 *issue(const X509_NAME *subject, EVP_PKEY *key, const X509_NAME *issuer,
                   EVP_PKEY *issuer_key)
{
    X509 *certificate = X509_new();
    assert_non_null(certificate);
    assert_int_equal(X509_set_version(certificate, X509_VERSION_3), 1);
    assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1), 1);
    assert_int_equal(X509_set_subject_name(certificate, subject), 1);
    assert_int_equal(X509_set_issuer_name(certificate, issuer), 1);
    assert_non_null(X509_gmtime_adj(X509_getm_notBefore(certificate), -3600));
    assert_non_null(X509_gmtime_adj(X509_getm_notAfter(certificate), 3600));
    set_pubkey(certificate, key);
    assert_true(X509_sign(certificate, issuer_key, EVP_sha256()) > 0);
    return as_sent(certificate);
}

/* X509_V_OK or why not, for a server that sends a certificate and, with it, another or NULL. */
static int verify(X509_STORE *store, X509 *certificate, X509 *sent)
{
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    STACK_OF(X509) *chain = sk_X509_new_null();
    if (sent != NULL)
        sk_X509_push(chain, sent);
    assert_int_equal(X509_STORE_CTX_init(context, store, certificate, chain), 1);
    int verified = X509_verify_cert(context);
    int error = X509_STORE_CTX_get_error(context);
    assert_int_equal(verified == 1, error == X509_V_OK);
    sk_X509_free(chain);
    X509_STORE_CTX_free(context);
    return error;
}

static int count_decoded(const struct fixture *fixture)
{
    return sk_X509_OBJECT_num(X509_STORE_get0_objects(fixture->store));
}

static void test_each_root_is_trusted(void **state)
{
    const struct fixture *fixture = *state;
    for (int i = 0; i < ROOTS; i++) {
        X509 *root = decode(&amazon_roots[i]);
        assert_int_equal(count_decoded(fixture), i); /* those before, and no other */
        assert_int_equal(verify(fixture->store, root, NULL), X509_V_OK);
        assert_int_equal(verify(fixture->store, root, NULL), X509_V_OK);
        X509_free(root);
    }
    assert_int_equal(count_decoded(fixture), ROOTS);
}

/* A server that names an Amazon root as the issuer, with or without a root of that name. */
static void test_name_alone_is_not_trusted(void **state)
{
    const struct fixture *fixture = *state;
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *root = decode(&amazon_roots[0]);
    const X509_NAME *name = X509_get_subject_name(root);
    X509_NAME *host = X509_NAME_new();
    assert_int_equal(X509_NAME_add_entry_by_txt(host, "CN", MBSTRING_ASC,
                                                (const unsigned char *)"sns", -1, -1, 0),
                     1);
    X509 *impostor = issue(name, key, name, key);
    X509 *leaf = issue(host, key, name, key);
    assert_int_not_equal(verify(fixture->store, impostor, NULL), X509_V_OK);
    assert_int_not_equal(verify(fixture->store, leaf, NULL), X509_V_OK);
    assert_int_not_equal(verify(fixture->store, leaf, impostor), X509_V_OK);
    assert_int_not_equal(verify(fixture->store, leaf, root), X509_V_OK);
    X509_free(leaf);
    X509_free(impostor);
    X509_NAME_free(host);
    X509_free(root);
    EVP_PKEY_free(key);
}

static void test_others_are_not_trusted(void **state)
{
    const struct fixture *fixture = *state;
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509_NAME *name = X509_NAME_new();
    X509 *foreign = issue(name, key, name, key);
    assert_int_not_equal(verify(fixture->store, foreign, NULL), X509_V_OK);
    assert_int_equal(count_decoded(fixture), 0);
    X509_free(foreign);
    X509_NAME_free(name);
    EVP_PKEY_free(key);
}

/* A connection may outlive what it was made with. */
static void test_contexts_share_the_store(void **state)
{
    struct fixture *fixture = *state;
    SSL_CTX *other = SSL_CTX_new(TLS_client_method());
    assert_true(trust_amazon(&fixture->trust, other));
    assert_ptr_equal(SSL_CTX_get_cert_store(other), fixture->store);
    trust_done(&fixture->trust);
    trust_done(&fixture->trust);
    X509 *root = decode(&amazon_roots[0]);
    assert_int_equal(verify(SSL_CTX_get_cert_store(other), root, NULL), X509_V_OK);
    X509_free(root);
    SSL_CTX_free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_each_root_is_trusted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_name_alone_is_not_trusted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_others_are_not_trusted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_contexts_share_the_store, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
