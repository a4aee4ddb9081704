"""A server that cannot prove to be SNS gets nothing, not even a request to look at. One that can is
understood, whatever it prefers of what AWS has in use.
"""

import contextlib
import functools
import ssl
import subprocess

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from harness import events
from harness.certificates import Authority, p256
from harness.processes import free_port, listening, wait_until
from harness.sns import Sns

pytestmark = pytest.mark.asan
EVENT = events.read("enable-region-iam-user")


def other_authority(authority, folder):
    return Authority(folder, "other-ca").issue("sns")


def other_host(authority, folder):
    return authority.issue("other-host", names=["sns.us-east-1.amazonaws.com", "localhost"])


def expired(authority, folder):
    return authority.issue("expired", days=(-2, -1))


def not_yet_valid(authority, folder):
    return authority.issue("future", days=(1, 2))


def assert_untrusted(function, impostor):
    """An error of its own type, a function that goes on, a server that got not one byte of HTTP.

    (libcurl checks the host name after the handshake, so the handshake itself need not fail.)
    """
    assert function.invoke(EVENT).error_type == "Function.PublishUntrusted"
    assert function.answer(events.read("disable-region"))["matched"] == 0
    function.terminate()
    assert function.wait() == 0
    wait_until(lambda: impostor.idle, what="the end of the connections")
    assert impostor.connections > 0
    assert impostor.received_bytes == 0


@pytest.mark.parametrize("wrong", [other_authority, other_host, expired, not_yet_valid])
def test_impostor(start, authority, tmp_path, wrong):
    with Sns(wrong(authority, tmp_path)) as impostor:
        assert_untrusted(start(AWS_ENDPOINT_URL_SNS=impostor.url), impostor)


def test_own_authority_is_not_trusted_unless_named(start, sns):
    """Without AWS_CA_BUNDLE there are the Amazon roots and the system's bundle, and no more."""
    assert_untrusted(start(AWS_CA_BUNDLE=None), sns)


def test_bundle_without_a_certificate(start, sns, tmp_path):
    """Trust that cannot be read is no trust: nothing else takes its place."""
    bundle = tmp_path / "empty.pem"
    bundle.write_text("no certificate")
    assert_untrusted(start(AWS_CA_BUNDLE=str(bundle)), sns)


@functools.cache
def rsa_key(bits):
    return rsa.generate_private_key(65537, bits)


def rsa_2048():
    return rsa_key(2048)


def rsa_4096():
    return rsa_key(4096)


def p384():
    return ec.generate_private_key(ec.SECP384R1())


# Keys and digests of the chains under the five Amazon roots, and of a leaf under another kind.
CHAINS = {
    "as under Root CA 1, Starfield": (rsa_2048, hashes.SHA256, rsa_2048),
    "as under Root CA 2": (rsa_4096, hashes.SHA384, rsa_2048),
    "as under Root CA 3": (p256, hashes.SHA256, p256),
    "as under Root CA 4": (p384, hashes.SHA384, p384),
    "EC under RSA": (rsa_2048, hashes.SHA512, p256),
    "RSA under EC": (p256, hashes.SHA256, rsa_4096),
}


class Speaking:
    """The certificate of a server whose TLS is changed."""

    def __init__(self, certificate, change):
        self.certificate = certificate
        self.change = change

    def server_context(self):
        context = self.certificate.server_context()
        self.change(context)
        return context


def assert_understood(start, authority, certificate):
    with Sns(certificate) as sns:
        function = start(AWS_ENDPOINT_URL_SNS=sns.url, AWS_CA_BUNDLE=str(authority.bundle))
        assert len(function.answer(EVENT)["alerts"]) == len(sns.published) == 1
        assert sns.connections == 1


def only(version):
    def change(context):
        context.minimum_version = context.maximum_version = version

    return change


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("chain", CHAINS)
def test_chain(start, tmp_path, chain, version):
    root_key, digest, key = CHAINS[chain]
    authority = Authority(tmp_path, "ca", make_key=root_key, signs_with=digest)
    certificate = authority.issue("sns", make_key=key)
    assert_understood(start, authority, Speaking(certificate, only(version)))


# X25519 is what both sides like best: all other tests have it.
@pytest.mark.parametrize("group", ["prime256v1", "secp384r1", "secp521r1"])
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_group(start, authority, group, version):
    def change(context):
        only(version)(context)
        context.set_ecdh_curve(group)

    assert_understood(start, authority, Speaking(authority.issue(group), change))


@pytest.mark.parametrize("cipher", ["AES128-GCM-SHA256", "AES256-GCM-SHA384"])
@pytest.mark.parametrize("key", [rsa_2048, p256])
def test_cipher_of_tls_1_2(start, authority, key, cipher):
    def change(context):
        only(ssl.TLSVersion.TLSv1_2)(context)
        context.set_ciphers(f"ECDHE-{'RSA' if key is rsa_2048 else 'ECDSA'}-{cipher}")

    assert_understood(start, authority, Speaking(authority.issue("sns", make_key=key), change))


@contextlib.contextmanager
def openssl_server(certificate, port, *options):
    """Shows on standard output what it has read, and sends what it gets on standard input."""
    files = ["-cert", certificate.chain, "-key", certificate.key]
    server = subprocess.Popen(
        ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-quiet", *files, *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        wait_until(lambda: listening(port), what="the server")
        yield server
    finally:
        server.kill()
        server.communicate()


@pytest.mark.parametrize("cipher", ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"])
def test_cipher_of_tls_1_3(start, authority, cipher):
    """Python's servers cannot choose it."""
    port = free_port()
    with openssl_server(authority.issue(cipher), port, "-ciphersuites", cipher) as server:
        function = start(AWS_ENDPOINT_URL_SNS=f"https://127.0.0.1:{port}")
        assert server.stdout.readline() == b"HEAD / HTTP/1.1\r\n"
        server.stdin.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        server.stdin.flush()
        assert function.answer(events.read("disable-region"))["matched"] == 0
        assert "no connection to SNS yet" not in function.stderr
