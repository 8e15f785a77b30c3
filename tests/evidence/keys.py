"""Keys and certificates made for a test."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import NameOID

KINDS = ("Ed25519", "RSA-SHA256", "ECDSA-SHA256")


def key(kind: str) -> Any:
    if kind == "RSA-SHA256":
        return rsa.generate_private_key(65537, 2048)
    return ed25519.Ed25519PrivateKey.generate() if kind == "Ed25519" else ec.generate_private_key(ec.SECP256R1())


def private_pem(private: Any, password: bytes = b"") -> bytes:
    encryption = BestAvailableEncryption(password) if password else NoEncryption()
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)


def public_pem(private: Any) -> bytes:
    return private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def certificate(private: Any, *, until: int = 2099) -> bytes:
    """Self-signed, for the audit's operator, valid from 2020 to the begin of the year *until*."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Audit operator")])
    usage = x509.KeyUsage(True, True, *(7 * [False]))
    algorithm = None if isinstance(private, ed25519.Ed25519PrivateKey) else SHA256()
    return (
        x509.CertificateBuilder(name, name, private.public_key(), x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(until, 1, 1, tzinfo=UTC))
        .add_extension(usage, critical=True)
        .sign(private, algorithm)
        .public_bytes(Encoding.PEM)
    )


def signing_files(folder: Path, private: Any, *, certified: bool = False, password: bytes = b"") -> Path:
    """``accounts.toml`` with nothing but [signing], and the files that it names; gives its path."""
    folder.mkdir(exist_ok=True)
    (folder / "key.pem").write_bytes(private_pem(private, password))
    (folder / "key.pem").chmod(0o600)
    (folder / "public.pem").write_bytes(public_pem(private))
    lines = ["[signing]", 'key = "file:key.pem"']
    if certified:
        (folder / "cert.pem").write_bytes(certificate(private))
        lines.append('certificate = "cert.pem"')
    (folder / "accounts.toml").write_text("\n".join([*lines, ""]))
    return folder / "accounts.toml"
