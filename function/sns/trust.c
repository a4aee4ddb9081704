#include "sns/trust.h"

#include "amazon_roots.h"
#include "memory.h"
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <string.h>

static bool add_certificate(X509_STORE *store, const struct amazon_root *root)
{
    const unsigned char *der = root->der;
    X509 *certificate = d2i_X509(NULL, &der, (long)root->len);
    bool added = certificate != NULL && X509_STORE_add_cert(store, certificate) == 1;
    X509_free(certificate);
    return added;
}

/* False if no root has that name, byte for byte. */
static bool add_root(X509_STORE *store, const X509_NAME *name)
{
    const unsigned char *der = NULL;
    size_t len = 0;
    if (X509_NAME_get0_der(name, &der, &len) != 1)
        return false;
    for (size_t i = 0; i < sizeof amazon_roots / sizeof amazon_roots[0]; i++) {
        const struct amazon_root *root = &amazon_roots[i];
        if (len == root->subject_len && memcmp(der, root->der + root->subject_at, len) == 0)
            return add_certificate(store, root);
    }
    return false;
}

/* OpenSSL's own look-up decides; a root is put before it when it is missed. */
static int get_issuer(X509 **issuer, X509_STORE_CTX *context, X509 *certificate)
{
    int found = X509_STORE_CTX_get1_issuer(issuer, context, certificate);
    X509_STORE *store = X509_STORE_CTX_get0_store(context);
    if (found != 0 || !add_root(store, X509_get_issuer_name(certificate)))
        return found;
    return X509_STORE_CTX_get1_issuer(issuer, context, certificate);
}

static void *take(size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return memory_take(size);
}

static void *resize(void *memory, size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return memory_resize(memory, size);
}

bool trust_start(void)
{
    (void)CRYPTO_set_mem_functions(take, resize, NULL); /* to free it has free() */
    return OPENSSL_init_ssl(OPENSSL_INIT_NO_ADD_ALL_CIPHERS | OPENSSL_INIT_NO_LOAD_SSL_STRINGS |
                                OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS,
                            NULL) == 1;
}

bool trust_amazon(struct trust *trust, void *ssl_ctx)
{
    if (trust->store == NULL) {
        X509_STORE *store = X509_STORE_new();
        if (store == NULL)
            return false;
        X509_STORE_set_get_issuer(store, get_issuer);
        trust->store = store;
    }
    SSL_CTX_set1_cert_store(ssl_ctx, trust->store);
    return true;
}

void trust_done(struct trust *trust)
{
    X509_STORE_free(trust->store);
    trust->store = NULL;
}
