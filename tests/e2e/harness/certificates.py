"""Certificates for the TLS servers of the tests: a CA of our own, and wrong ones of all kinds."""

import datetime
import ipaddress
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "sns.us-east-1.amazonaws.com")


class Certificate:
    """The two PEM files that a TLS server needs."""

    def __init__(self, chain, key):
        self.chain = chain
        self.key = key

    def server_context(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain, self.key)
        return context


def p256():
    return ec.generate_private_key(ec.SECP256R1())


class Authority:
    """A certification authority in a folder. `bundle` is what its clients trust.

    `make_key` makes its key; it signs with the digest `signs_with`.
    """

    def __init__(self, folder, name, days=(-1, 1), make_key=p256, signs_with=hashes.SHA256):
        self.folder = folder
        self.name = name
        self.key = make_key()
        self.signs_with = signs_with
        self.subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        ca_only = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        certificate = (
            self._builder(self.subject, self.key, days)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(ca_only, critical=True)
            .sign(self.key, self.signs_with())
        )
        self.bundle = folder / f"{name}.pem"
        self.bundle.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def issue(self, label, names=LOOPBACK_NAMES, days=(-1, 1), make_key=p256):
        """A server certificate for these names and addresses, valid between these days from now."""
        key = make_key()
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, label)])
        certificate = (
            self._builder(subject, key, days)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(
                x509.SubjectAlternativeName([_general_name(n) for n in names]), critical=False
            )
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .sign(self.key, self.signs_with())
        )
        chain = self.folder / f"{self.name}-{label}.pem"
        chain.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        key_path = self.folder / f"{self.name}-{label}.key"
        key_path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return Certificate(chain, key_path)

    def _builder(self, subject, key, days):
        now = datetime.datetime.now(datetime.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + datetime.timedelta(days=days[0]))
            .not_valid_after(now + datetime.timedelta(days=days[1]))
        )


def _general_name(name):
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
