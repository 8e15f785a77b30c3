"""Signs in by OAuth 2.0 client credentials: an assertion signed with our key buys an access token (documented)."""

from __future__ import annotations

import logging
import secrets
import threading
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlencode

import msgspec
from msgspec import Meta, Struct

from auditor.config import AccountSettings, OAuth2
from auditor.errors import ConfigurationError
from auditor.secrets import Secret, resolve
from auditor.sources.suiteql.answers import fault_of, without
from auditor.sources.suiteql.faults import MalformedAnswerError
from auditor.sources.suiteql.retry import Clock
from auditor.sources.suiteql.signin import refusal
from auditor.sources.suiteql.transport import TOKEN_PATH, Transport

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    PrivateKey = RSAPrivateKey | EllipticCurvePrivateKey

log = logging.getLogger("auditor.sources.suiteql")

ASSERTION_LIFE = 600
"""Seconds. NetSuite takes less than 3600; a short life suffices, and some clock difference must fit in."""
RENEW_BEFORE = 120
"""Seconds before its end at which an access token is no longer used."""
_UNSTATED_LIFE = 300
_REFUSALS = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
RSA_BITS = (3072, 4096)
TAKEN_KEYS = "NetSuite asks for RSA keys of 3072 or 4096 bits, or elliptic curve keys of 256, 384 or 521 (documented)."
_ALGORITHMS = {"secp256r1": ("ES256",), "secp384r1": ("ES384",), "secp521r1": ("ES512",)}
_RSA_ALGORITHMS = ("PS256", "PS384", "PS512")


class _TokenAnswer(Struct):
    access_token: Annotated[str, Meta(pattern="^[!-~]+$")]
    """It is sent in a header, so nothing may be in it that would break out of one."""
    expires_in: str | int | float | None = None
    """Seconds; NetSuite's own examples show it as text."""


class CertificateSignIn:
    """Buys an access token when one is needed, and uses it until shortly before its end. Safe for several threads."""

    def __init__(self, settings: AccountSettings, sign_in: OAuth2, transport: Transport, clock: Clock) -> None:
        self._settings = settings
        self._sign_in = sign_in
        self._transport = transport
        self._clock = clock
        password = resolve(sign_in.private_key_password) if sign_in.private_key_password else None
        self._key = load_key(resolve(sign_in.private_key), password, str(sign_in.private_key))
        self._algorithm = algorithm_for(self._key, sign_in.algorithm)
        self._lock = threading.Lock()
        self._token: Secret | None = None
        self._renew_at = 0.0
        self._bought = False

    def authorization(self, _url: str, /) -> str:
        """``Bearer`` and the access token, bought anew if there is none or its end is near."""
        with self._lock:
            if self._token is None or self._clock.monotonic() >= self._renew_at:
                self._token = self._buy()
            return f"Bearer {self._token.reveal()}"

    def described(self) -> str:
        """The kind of key."""
        bits = self._key.key_size
        kind = "RSA" if self._algorithm in _RSA_ALGORITHMS else "elliptic curve"
        return f"The private key is {kind} of {bits} bits and signs with {self._algorithm}."

    def doubt(self) -> str:
        """A key of a length that NetSuite does not take."""
        return TAKEN_KEYS if self._algorithm in _RSA_ALGORITHMS and self._key.key_size not in RSA_BITS else ""

    def secrets(self) -> tuple[Secret, ...]:
        """The access token of the moment."""
        token = self._token
        return (token,) if token else ()

    def forget(self) -> None:
        with self._lock:
            self._token = None

    def _buy(self) -> Secret:
        assertion = Secret(self._assertion())
        form = urlencode(
            {
                "grant_type": "client_credentials",
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "client_assertion": assertion.reveal(),
            }
        )
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        answer = self._transport.post(TOKEN_PATH, "", headers, form.encode("ascii"))
        if answer.status != HTTPStatus.OK:
            answer = without((assertion,), answer)
        if answer.status in _REFUSALS:
            raise refusal(self._settings, answer, self._clock.now(), worked=self._bought)
        if answer.status != HTTPStatus.OK:
            raise fault_of(answer, self._clock.now())
        try:
            granted = msgspec.json.decode(answer.body, type=_TokenAnswer)
            life = float(granted.expires_in or _UNSTATED_LIFE)
        except (msgspec.DecodeError, ValueError):
            # Not chained: the original error may show a part of the answer.
            raise MalformedAnswerError("The token endpoint answered 200, and not with an access token.") from None
        self._renew_at = self._clock.monotonic() + max(life - RENEW_BEFORE, life / 2)
        self._bought = True
        log.info("access token given", extra={"account": self._settings.id})
        return Secret(granted.access_token)

    def _assertion(self) -> str:
        """A signed JWT with the claims that NetSuite documents, and ``jti`` to tell two of one second apart."""
        import jwt

        now = int(self._clock.now().timestamp())
        claims = {
            "iss": self._sign_in.client_id,
            "scope": ["rest_webservices"],
            "aud": self._transport.url(TOKEN_PATH),
            "iat": now,
            "exp": now + ASSERTION_LIFE,
            "jti": secrets.token_hex(16),
        }
        header = {"kid": self._sign_in.certificate_id}
        return jwt.encode(claims, self._key, algorithm=self._algorithm, headers=header)


def load_key(pem: Secret, password: Secret | None, where: str) -> PrivateKey:
    """The private key in *pem*, deciphered with *password* where it is encrypted; *where* is what messages call it.

    Raises:
        ConfigurationError: no key, a wrong or missing password, or a kind of key that NetSuite does not take.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(pem.reveal().encode(), password.reveal().encode() if password else None)
    except TypeError:
        problem = "is not encrypted, and private_key_password is set" if password else "is encrypted"
        raise ConfigurationError(
            f"The private key {where} {problem}.",
            "Remove private_key_password." if password else "Name its password in private_key_password.",
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        reason = (
            "is not a PEM private key, or private_key_password is wrong" if password else "is not a PEM private key"
        )
        raise ConfigurationError(
            f"The private key {where} {reason}.", "It must be the whole file, from -----BEGIN to END-----."
        ) from None
    if not isinstance(key, RSAPrivateKey | EllipticCurvePrivateKey):
        raise ConfigurationError(
            f"The private key {where} is neither RSA nor elliptic curve.", "NetSuite takes no other kind."
        )
    return key


def algorithm_for(key: PrivateKey, asked: str) -> str:
    """The signature algorithm: *asked*, or the usual one for the key. NetSuite refuses RS256 (documented).

    Raises:
        ConfigurationError: the key cannot sign with *asked*.
    """
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    fits = _RSA_ALGORITHMS if isinstance(key, RSAPrivateKey) else _ALGORITHMS.get(key.curve.name, ())
    if not fits:
        raise ConfigurationError("The private key is on a curve that NetSuite does not take.", "Use P-256, 384 or 521.")
    if asked and asked not in fits:
        raise ConfigurationError(
            f"The private key cannot sign with {asked}.", f"Leave algorithm out, or write {' or '.join(fits)}."
        )
    return asked or fits[0]
