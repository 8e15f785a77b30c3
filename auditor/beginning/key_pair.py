"""A private key and its certificate for OAuth 2.0 client credentials, as NetSuite takes them.

Documented: RSA keys of 3072 or 4096 bits signing with PS256 and longer, elliptic curve keys of 256, 384 or 521 bits
signing with ES256 and longer; a certificate of at most two years; one certificate for one combination of application,
user and role.
"""

from __future__ import annotations

import enum
from datetime import datetime, timedelta

from msgspec import Struct

from auditor.secrets import Secret

MOST_DAYS = 730
"""Two years. NetSuite cuts a longer validity to two years (documented)."""


class KeyKind(enum.Enum):
    """The kinds that are offered: the algorithm each signs with is the one that ``accounts.toml`` leaves out."""

    EC = "ec"
    """P-256, signs with ES256."""
    RSA_3072 = "rsa-3072"
    RSA_4096 = "rsa-4096"


class KeyPair(Struct, frozen=True, kw_only=True):
    """Both as PEM. The certificate goes to NetSuite; the key never leaves the machine that runs the audit."""

    private_key: bytes
    certificate: bytes
    algorithm: str
    ends: datetime

    def __repr__(self) -> str:
        return f"KeyPair({self.algorithm}, until {self.ends:%Y-%m-%d})"


def new_key_pair(account: str, kind: KeyKind, days: int, now: datetime, password: Secret | None = None) -> KeyPair:
    """A fresh pair, valid from *now* for *days*; the key encrypted with *password* if there is one."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        NoEncryption,
        PrivateFormat,
    )
    from cryptography.x509.oid import NameOID

    ends = now + timedelta(days=days)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"NetSuite Auditor {account}")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(ends)
    )
    sha256 = hashes.SHA256()
    if kind is KeyKind.EC:
        curve_key = ec.generate_private_key(ec.SECP256R1())
        certificate = builder.public_key(curve_key.public_key()).sign(curve_key, sha256)
        private: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey = curve_key
    else:
        bits = 3072 if kind is KeyKind.RSA_3072 else 4096
        private = rsa_key = rsa.generate_private_key(public_exponent=65_537, key_size=bits)
        # The padding that NetSuite's own example has for it.
        pss = padding.PSS(padding.MGF1(sha256), padding.PSS.DIGEST_LENGTH)
        certificate = builder.public_key(rsa_key.public_key()).sign(rsa_key, sha256, rsa_padding=pss)
    sealed = BestAvailableEncryption(password.reveal().encode()) if password else NoEncryption()
    return KeyPair(
        private_key=private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, sealed),
        certificate=certificate.public_bytes(Encoding.PEM),
        algorithm="ES256" if kind is KeyKind.EC else "PS256",
        ends=ends,
    )
