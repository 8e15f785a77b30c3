"""What a caller needs to sign in to a simulated account. Made afresh for each account, and worth nothing elsewhere."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from auditor.simulator.certificates import client_certificate, key_pem, new_key, self_signed


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenCredentials:
    """One access token of token-based authentication (OAuth 1.0a, HMAC-SHA256)."""

    account: str
    """Account id as NetSuite writes it, capitals and underscore: the realm to sign with."""
    consumer_key: str
    consumer_secret: str = field(repr=False)
    token_id: str
    token_secret: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Credentials:
    """Both ways to sign in as one user with one role: OAuth 2.0 client credentials, and an access token."""

    account: str
    user: int
    """Internal id of the employee."""
    role: int
    """Internal id of the role."""
    client_id: str
    certificate_id: str
    """``kid`` of the assertion."""
    private_key_pem: bytes = field(repr=False)
    """EC P-256, PKCS#8, not encrypted; sign with ES256."""
    certificate_pem: bytes
    """What was uploaded to NetSuite for ``certificate_id``."""
    token: TokenCredentials


@dataclass(frozen=True, slots=True)
class CertificateMapping:
    """A certificate that an administrator mapped to an application, a user and a role."""

    client_id: str
    certificate_id: str
    certificate: x509.Certificate
    user: int
    role: int


@dataclass(frozen=True, slots=True)
class KnownToken:
    """An access token's secrets, and the row of ``oauthtoken`` that says whose it is."""

    credentials: TokenCredentials
    row: int


def new_token(account: str) -> TokenCredentials:
    """Fresh secrets of the length that NetSuite's have."""
    return TokenCredentials(
        account=account,
        consumer_key=secrets.token_hex(32),
        consumer_secret=secrets.token_hex(32),
        token_id=secrets.token_hex(32),
        token_secret=secrets.token_hex(32),
    )


def new_credentials(account: str, *, user: int, role: int) -> tuple[Credentials, CertificateMapping]:
    """Fresh credentials of one user in one role, and the mapping of their certificate."""
    key = new_key()
    certificate = self_signed(key, "NetSuite Auditor")
    mapping = CertificateMapping(
        client_id=secrets.token_hex(32),
        certificate_id=secrets.token_urlsafe(32),
        certificate=certificate,
        user=user,
        role=role,
    )
    credentials = Credentials(
        account=account,
        user=user,
        role=role,
        client_id=mapping.client_id,
        certificate_id=mapping.certificate_id,
        private_key_pem=key_pem(key),
        certificate_pem=certificate.public_bytes(Encoding.PEM),
        token=new_token(account),
    )
    return credentials, mapping


def mapped(pem: bytes, *, user: int, role: int) -> CertificateMapping:
    """The mapping of a certificate that was made elsewhere, with fresh ids, as NetSuite gives them.

    Raises:
        ConfigurationError: NetSuite would not take the certificate.
    """
    return CertificateMapping(
        client_id=secrets.token_hex(32),
        certificate_id=secrets.token_urlsafe(32),
        certificate=client_certificate(pem),
        user=user,
        role=role,
    )
