"""Signatures with the operator's own key, over the seal: made as a run is sealed, and checked against a public key.

An Ed25519, RSA or ECDSA key signs ``SHA256SUMS`` as it stands; RSA is PKCS #1 v1.5 and ECDSA is DER, both with
SHA-256, so that ``openssl`` checks them without this program. Where a certificate is given, the PDFs are signed too.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from auditor.config import SigningSettings
from auditor.errors import ConfigurationError
from auditor.evidence.manifest import Signing
from auditor.secrets import resolve

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

    from auditor.evidence.pdf_signature import PdfSignature

    PrivateKey: TypeAlias = Ed25519PrivateKey | RSAPrivateKey | EllipticCurvePrivateKey
    PublicKey: TypeAlias = Ed25519PublicKey | RSAPublicKey | EllipticCurvePublicKey

SIGNER = "signer.pem"
"""In the run folder, and covered by its seal: the certificates, or the public key where there is no certificate."""

MIN_RSA_BITS = 2048
_KINDS = "Use Ed25519, ECDSA (P-256, P-384, P-521), or RSA of 2048 bits or more, in PEM form."


class Signer:
    """Signs seals, and PDFs if there is a certificate."""

    def __init__(self, key: PrivateKey, certificates: tuple[x509.Certificate, ...] = ()) -> None:
        self._key = key
        self._certificates = certificates

    def sign(self, data: bytes) -> bytes:
        """The detached signature over *data*."""
        from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding
        from cryptography.hazmat.primitives.hashes import SHA256

        if isinstance(self._key, ed25519.Ed25519PrivateKey):
            return self._key.sign(data)
        if isinstance(self._key, ec.EllipticCurvePrivateKey):
            return self._key.sign(data, ec.ECDSA(SHA256()))
        return self._key.sign(data, padding.PKCS1v15(), SHA256())

    @cached_property
    def pdf(self) -> PdfSignature | None:
        """Signs PDFs; None without a certificate."""
        from auditor.evidence.pdf_signature import PdfSignature

        return PdfSignature(self._key, self._certificates) if self._certificates else None

    @cached_property
    def pem(self) -> bytes:
        """What :data:`SIGNER` holds."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        if self._certificates:
            return b"".join(certificate.public_bytes(Encoding.PEM) for certificate in self._certificates)
        return self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    @cached_property
    def record(self) -> Signing:
        """What the manifest says of the key."""
        from cryptography.hazmat.primitives.hashes import SHA256

        certificate = self._certificates[0].fingerprint(SHA256()).hex() if self._certificates else ""
        public = self._key.public_key()
        return Signing(algorithm=_algorithm(public), key_sha256=key_digest(public), certificate_sha256=certificate)


def load_signer(settings: SigningSettings, at: str) -> Signer:
    """The signer that *settings* name, looked up and tried now, so that a run does not fail at its end.

    Args:
        settings: Where key and certificate are.
        at: The run's start, UTC, ISO 8601: the certificate must be valid then.

    Raises:
        ConfigurationError: key or certificate is missing, of another kind, or they do not belong together.
    """
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    password = resolve(settings.key_password).reveal().encode() if settings.key_password else None
    try:
        key = load_pem_private_key(resolve(settings.key).reveal().encode(), password)
    except (ValueError, TypeError, _unsupported()):
        # Not chained: the text of the original error is not ours to show next to a key.
        raise ConfigurationError(
            f"The signing key {settings.key} is no private key in PEM form, or its key_password is missing or wrong.",
            _KINDS,
        ) from None
    fitting = _fitting(key.public_key(), str(settings.key))
    certificates = _certificates(Path(settings.certificate), fitting, at) if settings.certificate else ()
    signer = Signer(key, certificates)  # type: ignore[arg-type]
    _ = signer.pdf  # so that what it needs is found missing now
    return signer


def load_public_key(path: Path) -> PublicKey:
    """The public key in *path*: PEM, a public key or a certificate.

    Raises:
        ConfigurationError: there is no such key in it.
    """
    try:
        return public_key(path.read_bytes())
    except OSError as error:
        raise ConfigurationError(
            f"{path}: cannot be read ({error.strerror}).", "Name the public key's file."
        ) from error
    except ValueError as error:
        raise ConfigurationError(f"{path}: holds no public key or certificate in PEM form.", _KINDS) from error


def public_key(pem: bytes) -> PublicKey:
    """The public key of *pem*, or of the first certificate in it.

    Raises:
        ValueError: there is none, or none of a kind that signs runs.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        if b"BEGIN CERTIFICATE" in pem:
            return _fitting(x509.load_pem_x509_certificate(pem).public_key(), "the key")
        return _fitting(load_pem_public_key(pem), "the key")
    except (ConfigurationError, _unsupported()) as error:
        raise ValueError(str(error)) from error


def signed_by(key: PublicKey, data: bytes, signature: bytes) -> bool:
    """*signature* over *data* was made with the private half of *key*."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding
    from cryptography.hazmat.primitives.hashes import SHA256

    try:
        if isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, data)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(SHA256()))
        else:
            key.verify(signature, data, padding.PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


def key_digest(key: PublicKey) -> str:
    """SHA-256 of the public key in DER form: how manifests and people tell keys apart."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _algorithm(key: PublicKey) -> str:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519

    if isinstance(key, ed25519.Ed25519PublicKey):
        return "Ed25519"
    return "ECDSA-SHA256" if isinstance(key, ec.EllipticCurvePublicKey) else "RSA-SHA256"


def _fitting(key: object, name: str) -> PublicKey:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    strong = isinstance(key, rsa.RSAPublicKey) and key.key_size >= MIN_RSA_BITS
    curve = isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in ("secp256r1", "secp384r1", "secp521r1")
    if not (strong or curve or isinstance(key, ed25519.Ed25519PublicKey)):
        raise ConfigurationError(f"The signing key {name} is of a kind that runs are not signed with.", _KINDS)
    return key  # type: ignore[return-value]


def _certificates(path: Path, key: PublicKey, at: str) -> tuple[x509.Certificate, ...]:
    from cryptography import x509

    try:
        certificates = tuple(x509.load_pem_x509_certificates(path.read_bytes()))
        same = key_digest(certificates[0].public_key()) == key_digest(key)  # type: ignore[arg-type]
    except OSError as error:
        raise ConfigurationError(f"The signing certificate {path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise ConfigurationError(f"The signing certificate {path} is not in PEM form.", "Convert it to PEM.") from error
    if not same:
        raise ConfigurationError(
            f"The signing certificate {path} is not of the signing key.",
            "Put the certificate of that key first in the file.",
        )
    if _algorithm(key) == "Ed25519":
        raise ConfigurationError(
            "An Ed25519 key signs runs, but few PDF readers check its signatures.",
            "Leave certificate out, or use an RSA or ECDSA key with its certificate.",
        )
    first = certificates[0]
    if not first.not_valid_before_utc <= datetime.fromisoformat(at) <= first.not_valid_after_utc:
        until = f"{first.not_valid_before_utc:%Y-%m-%d} to {first.not_valid_after_utc:%Y-%m-%d}"
        raise ConfigurationError(f"The signing certificate {path} is valid from {until}.", "Renew it.")
    return certificates


def _unsupported() -> type[Exception]:
    from cryptography.exceptions import UnsupportedAlgorithm

    return UnsupportedAlgorithm
