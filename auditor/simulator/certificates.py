"""Keys and certificates, all made in memory: for OAuth 2.0 client credentials, and for the server's own TLS."""

from __future__ import annotations

import ipaddress
import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from auditor.errors import ConfigurationError
from auditor.simulator.faults import WrongCertificate

_LIFE = timedelta(days=700)  # NetSuite takes no certificate of more than two years
_AGE = timedelta(days=30)


def new_key() -> ec.EllipticCurvePrivateKey:
    """A fresh P-256 key."""
    return ec.generate_private_key(ec.SECP256R1())


def key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The key as PKCS#8 PEM, not encrypted."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def self_signed(key: ec.EllipticCurvePrivateKey, name: str) -> x509.Certificate:
    """A certificate for signing assertions."""
    return _certificate(name, key, name, key, extensions=())


def client_certificate(pem: bytes) -> x509.Certificate:
    """The certificate in *pem*, if NetSuite takes its key for OAuth 2.0 client credentials.

    Documented: RSA of 3072 or 4096 bits, elliptic curves of 256, 384 or 521. A validity of more than two years is cut
    to two (documented); that is not simulated.

    Raises:
        ConfigurationError: it is no certificate, or its key is another.
    """
    try:
        certificate = x509.load_pem_x509_certificate(pem)
    except ValueError as error:
        raise ConfigurationError(
            "This is not a certificate in PEM form.", "Upload the certificate, not the private key."
        ) from error
    key = certificate.public_key()
    good = (isinstance(key, rsa.RSAPublicKey) and key.key_size in (3072, 4096)) or (
        isinstance(key, ec.EllipticCurvePublicKey) and key.key_size in (256, 384, 521)
    )
    if not good:
        raise ConfigurationError(
            "NetSuite takes no certificate with this kind of key.",
            "It takes RSA keys of 3072 or 4096 bits, and elliptic curve keys of 256, 384 or 521.",
        )
    return certificate


class Authority:
    """A certificate authority of its own, and server contexts that show right or wrong certificates."""

    def __init__(self) -> None:
        self._key = new_key()
        basic = x509.BasicConstraints(ca=True, path_length=None)
        usage = _usage(key_cert_sign=True)
        name = "Simulated NetSuite authority"
        self._certificate = _certificate(
            name, self._key, name, self._key, extensions=((basic, True), (usage, True), _key_id(self._key))
        )
        self.certificate_pem = self._certificate.public_bytes(Encoding.PEM)
        self.context = cache(self._context)

    def _context(self, wrong: WrongCertificate | None) -> ssl.SSLContext:
        key = new_key()
        issuer_key = new_key() if wrong is WrongCertificate.UNTRUSTED else self._key
        names: list[x509.GeneralName] = (
            [x509.DNSName("other.example.com")]
            if wrong is WrongCertificate.OTHER_HOST
            else [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        )
        certificate = _certificate(
            "Simulated NetSuite",
            key,
            "Simulated NetSuite authority",
            issuer_key,
            life=timedelta(days=-1) if wrong is WrongCertificate.EXPIRED else _LIFE,
            extensions=(
                (x509.SubjectAlternativeName(names), False),
                (x509.BasicConstraints(ca=False, path_length=None), True),
                (_usage(digital_signature=True), True),
                (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
                _key_id(key),
                (x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), False),
            ),
        )
        return _loaded(certificate, key)


def _loaded(certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> ssl.SSLContext:
    """A server context; the ssl module reads keys from files only, so there is one for a moment."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    with tempfile.TemporaryDirectory(prefix="auditor-simulator-") as folder:
        path = Path(folder) / "server.pem"
        path.touch(mode=0o600)
        path.write_bytes(certificate.public_bytes(Encoding.PEM) + key_pem(key))
        context.load_cert_chain(path)
    return context


def _certificate(
    subject: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    extensions: tuple[tuple[x509.ExtensionType, bool], ...],
    life: timedelta = _LIFE,
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _AGE)
        .not_valid_after(now + life)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(issuer_key, hashes.SHA256())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _key_id(key: ec.EllipticCurvePrivateKey) -> tuple[x509.ExtensionType, bool]:
    return x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False


def _usage(*, digital_signature: bool = False, key_cert_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=key_cert_sign,
        encipher_only=False,
        decipher_only=False,
    )
