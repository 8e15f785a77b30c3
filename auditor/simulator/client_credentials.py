"""OAuth 2.0 client credentials: checks the signed assertion, and gives out and takes in bearer tokens.

Documented: the algorithms (RS256 is refused), ``kid`` as the certificate's id, the client id as issuer, the token URL
as audience, less than 60 minutes from ``iat`` to ``exp``, one hour for the access token, no refresh token. Which of the
documented errors answers which mistake is not confirmed: here ``invalid_client`` (401) for whatever is wrong with the
assertion, ``invalid_grant`` (400) for a user or role that may not sign in, ``invalid_scope`` for the scope.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from auditor.simulator.access import Access, Caller
from auditor.simulator.answers import Answer, plain_json
from auditor.simulator.credentials import CertificateMapping
from auditor.simulator.lockout import Lockout
from auditor.simulator.request import Request
from auditor.simulator.token_auth import CLOCK_TOLERANCE, SignInRefusedError

TOKEN_PATH = "/services/rest/auth/oauth2/v1/token"
TOKEN_SECONDS = 3600
SCOPE = "rest_webservices"
_ALGORITHMS = ("PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
_LONGEST_ASSERTION_LIFE = 3600
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_MOST_TOKENS = 10_000


class _RefusedError(Exception):
    def __init__(self, status: int, error: str, reason: str) -> None:
        super().__init__(reason)
        self.status, self.error, self.reason = status, error, reason


class ClientCredentials:
    """Lets callers in by certificate."""

    def __init__(self, account: str, access: Access) -> None:
        self._account = account
        self._access = access
        self._mappings: dict[str, CertificateMapping] = {}
        self._lockout = Lockout()
        self._tokens: dict[str, tuple[Caller, float]] = {}
        self._lock = threading.Lock()

    def add(self, mapping: CertificateMapping) -> None:
        """Accept assertions that are signed with the certificate's key."""
        self._mappings[mapping.certificate_id] = mapping

    def issue(self, request: Request, now: float, *, certificates_expired: bool) -> Answer:
        """The token endpoint's answer: an access token for an hour, or an error."""
        try:
            caller = self._authenticated(request, now, certificates_expired)
        except _RefusedError as refusal:
            challenge = (
                {"WWW-Authenticate": f'Basic realm="{self._account}"'}
                if refusal.status == HTTPStatus.UNAUTHORIZED
                else None
            )
            return plain_json(refusal.status, {"error": refusal.error}, refusal=refusal.reason, headers=challenge)
        token = secrets.token_urlsafe(48)
        with self._lock:
            if len(self._tokens) >= _MOST_TOKENS:
                self._tokens.pop(next(iter(self._tokens)))
            self._tokens[_digest(token)] = (caller, now + TOKEN_SECONDS)
        return plain_json(200, {"access_token": token, "expires_in": str(TOKEN_SECONDS), "token_type": "bearer"})

    def caller(self, bearer: str, now: float) -> Caller:
        """Whose access token *bearer* is.

        Raises:
            SignInRefusedError: it is unknown or has run out, or its user may not sign in any more.
        """
        with self._lock:
            caller, ends = self._tokens.get(_digest(bearer), (None, 0.0))
        if caller is None:
            raise SignInRefusedError("unknown access token")
        if now >= ends:
            raise SignInRefusedError("access token has run out")
        refusal = self._access.sign_in_refusal(caller)
        if refusal:
            raise SignInRefusedError(refusal)
        return caller

    def _authenticated(self, request: Request, now: float, certificates_expired: bool) -> Caller:
        form = {name: values[0] for name, values in parse_qs(request.body.decode("utf-8", "replace")).items()}
        if form.get("grant_type") != "client_credentials" or form.get("client_assertion_type") != _ASSERTION_TYPE:
            raise _RefusedError(400, "invalid_request", "grant type or assertion type is not the documented one")
        assertion = form.get("client_assertion", "")
        mapping = self._mapping(assertion)
        if self._lockout.locked(mapping.certificate_id, now):
            raise _RefusedError(401, "invalid_client", "locked after five failures")
        try:
            claims = _verified(assertion, mapping)
            _check_claims(claims, mapping, request.url, now)
            caller = self._holder(mapping, now, certificates_expired)
        except _RefusedError:
            self._lockout.failed(mapping.certificate_id, now)
            raise
        self._lockout.succeeded(mapping.certificate_id)
        return caller

    def _mapping(self, assertion: str) -> CertificateMapping:
        try:
            header = jwt.get_unverified_header(assertion)
        except jwt.InvalidTokenError as error:
            raise _RefusedError(401, "invalid_client", f"assertion is no JWT: {error}") from error
        mapping = self._mappings.get(str(header.get("kid", "")))
        if mapping is None:
            raise _RefusedError(401, "invalid_client", "kid is no certificate that is mapped")
        return mapping

    def _holder(self, mapping: CertificateMapping, now: float, certificates_expired: bool) -> Caller:
        if certificates_expired or now >= mapping.certificate.not_valid_after_utc.timestamp():
            raise _RefusedError(401, "invalid_client", "certificate has expired")
        if now + CLOCK_TOLERANCE < mapping.certificate.not_valid_before_utc.timestamp():
            raise _RefusedError(401, "invalid_client", "certificate is not valid yet")
        if not self._access.feature("OAUTH2"):
            raise _RefusedError(401, "invalid_client", "feature OAuth 2.0 is off")
        caller = Caller(mapping.user, mapping.role, "OAuth 2.0")
        refusal = self._access.sign_in_refusal(caller)
        if refusal:
            raise _RefusedError(400, "invalid_grant", refusal)
        return caller


def _verified(assertion: str, mapping: CertificateMapping) -> dict[str, Any]:
    key = mapping.certificate.public_key()
    if not isinstance(key, (RSAPublicKey, EllipticCurvePublicKey)):
        raise _RefusedError(401, "invalid_client", "certificate's key is neither RSA nor EC")
    family = "PS" if isinstance(key, RSAPublicKey) else "ES"
    allowed = [algorithm for algorithm in _ALGORITHMS if algorithm.startswith(family)]
    try:
        claims: dict[str, Any] = jwt.decode(
            assertion,
            key,
            algorithms=allowed,
            options={"verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_aud": False},
        )
    except (jwt.InvalidTokenError, jwt.InvalidKeyError) as error:
        raise _RefusedError(401, "invalid_client", f"assertion refused: {error}") from error
    return claims


def _check_claims(claims: dict[str, Any], mapping: CertificateMapping, url: str, now: float) -> None:
    if claims.get("iss") != mapping.client_id:
        raise _RefusedError(401, "invalid_client", "iss is not the client id of the certificate's application")
    audience = claims.get("aud")
    if url not in (audience if isinstance(audience, list) else [audience]):
        raise _RefusedError(401, "invalid_client", "aud is not the token URL")
    issued, expires = claims.get("iat"), claims.get("exp")
    if not isinstance(issued, (int, float)) or not isinstance(expires, (int, float)):
        raise _RefusedError(401, "invalid_client", "iat or exp is missing")
    if issued > now + CLOCK_TOLERANCE or expires <= now:
        raise _RefusedError(401, "invalid_client", "assertion is not valid at this time")
    if not 0 < expires - issued <= _LONGEST_ASSERTION_LIFE:
        raise _RefusedError(401, "invalid_client", "assertion is valid for more than 60 minutes")
    scope = claims.get("scope")
    scopes = scope if isinstance(scope, list) else str(scope).replace(",", " ").split()
    if SCOPE not in scopes:
        raise _RefusedError(400, "invalid_scope", f"scope does not hold {SCOPE}")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
