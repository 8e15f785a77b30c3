"""Token-based authentication: checks the OAuth 1.0a signature of a request, HMAC-SHA256, by RFC 5849.

Documented: the realm is the account id in capitals with underscore, the clock may be five minutes off, a nonce is used
once and has twenty characters or more, the URL's parameters are signed and a JSON body is not. Written apart from any
client's library, so that both sides of a signature are not the same code.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Iterable
from urllib.parse import quote, unquote, urlsplit

from auditor.simulator.access import Access, Caller
from auditor.simulator.credentials import KnownToken
from auditor.simulator.lockout import Lockout, Nonces
from auditor.simulator.request import Request
from auditor.simulator.store import Store

CLOCK_TOLERANCE = 300
_SHORTEST_NONCE = 20
_PARAMETER = re.compile(r'\s*([a-zA-Z_]+)="([^"]*)"\s*')
_NEEDED = ("consumer_key", "token", "signature_method", "timestamp", "nonce", "signature")
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


class SignInRefusedError(Exception):
    """Why a caller is not let in; for the record of requests alone."""


class TokenAuthentication:
    """Lets callers in by access token."""

    def __init__(self, account: str, store: Store, access: Access) -> None:
        self._account = account
        self._store = store
        self._access = access
        self._tokens: dict[str, KnownToken] = {}
        self._lockout = Lockout()
        self._nonces = Nonces()

    def add(self, token: KnownToken) -> None:
        """Accept *token*, as long as its row says that it is active."""
        self._tokens[token.credentials.token_id] = token

    def caller(self, request: Request, now: float) -> Caller:
        """Who signed *request*.

        Raises:
            SignInRefusedError: it is not let in.
        """
        sent = parse_authorization(request.headers.get("authorization", ""))
        return self.bearer(sent.get("oauth_token", ""), lambda token: self._check(request, sent, token, now), now)

    def bearer(self, name: str, check: Callable[[KnownToken], None], now: float) -> Caller:
        """Whose token *name* is, if *check* finds nothing wrong with how it was used.

        Raises:
            SignInRefusedError: it is not let in.
        """
        token = self._tokens.get(name)
        if token is None:
            raise SignInRefusedError("unknown token")
        if self._lockout.locked(name, now):
            raise SignInRefusedError("locked after five failures")
        try:
            check(token)
            caller = self._holder(token)
        except SignInRefusedError:
            self._lockout.failed(name, now)
            raise
        self._lockout.succeeded(name)
        return caller

    def _check(self, request: Request, sent: dict[str, str], token: KnownToken, now: float) -> None:
        missing = [name for name in _NEEDED if not sent.get(f"oauth_{name}")]
        if missing:
            raise SignInRefusedError(f"missing {', '.join(missing)}")
        if sent.get("realm") != self._account:
            raise SignInRefusedError("realm is not the account id")
        if sent["oauth_consumer_key"] != token.credentials.consumer_key:
            raise SignInRefusedError("consumer key is not the token's")
        if sent["oauth_signature_method"] != "HMAC-SHA256":
            raise SignInRefusedError("signature method is not HMAC-SHA256")
        timestamp, nonce = sent["oauth_timestamp"], sent["oauth_nonce"]
        if not timestamp.isascii() or not timestamp.isdigit() or abs(int(timestamp) - now) > CLOCK_TOLERANCE:
            raise SignInRefusedError("timestamp is more than five minutes off")
        if len(nonce) < _SHORTEST_NONCE:
            raise SignInRefusedError("nonce has fewer than twenty characters")
        expected = signature(
            request.method,
            request.url,
            [*request.query, *sent.items()],
            token.credentials.consumer_secret,
            token.credentials.token_secret,
        )
        if not hmac.compare_digest(expected.encode(), sent["oauth_signature"].encode()):
            raise SignInRefusedError("signature does not match")
        if not self._nonces.first_use(token.credentials.token_id, timestamp, nonce):
            raise SignInRefusedError("nonce was used before")

    def _holder(self, token: KnownToken) -> Caller:
        row = self._store.one("oauthtoken", id=token.row)
        if row is None or row["brevoked"] == "T":
            raise SignInRefusedError("token revoked")
        if row["binactive"] == "T":
            raise SignInRefusedError("token inactive")
        if not self._access.feature("TBA"):
            raise SignInRefusedError("feature Token-based Authentication is off")
        caller = Caller(row["entity_name"], row["role_name"], "token")
        refusal = self._access.sign_in_refusal(caller)
        if refusal:
            raise SignInRefusedError(refusal)
        return caller


def parse_authorization(header: str) -> dict[str, str]:
    """The parameters of an ``OAuth`` Authorization header, percent-decoded; empty if it is none."""
    scheme, _, rest = header.partition(" ")
    if scheme.lower() != "oauth":
        return {}
    found = (_PARAMETER.fullmatch(part) for part in rest.split(","))
    return {match.group(1): unquote(match.group(2)) for match in found if match}


def signature(
    method: str, url: str, parameters: Iterable[tuple[str, str]], consumer_secret: str, token_secret: str
) -> str:
    """The signature of a request, base64: *parameters* are those of the URL and of the header together."""
    signed = sorted(
        (_encoded(name), _encoded(value)) for name, value in parameters if name not in ("realm", "oauth_signature")
    )
    joined = "&".join(f"{name}={value}" for name, value in signed)
    base = "&".join((method.upper(), _encoded(_normalized(url)), _encoded(joined)))
    key = f"{_encoded(consumer_secret)}&{_encoded(token_secret)}"
    return base64.b64encode(hmac.new(key.encode(), base.encode(), hashlib.sha256).digest()).decode()


def _normalized(url: str) -> str:
    parts = urlsplit(url)
    scheme, host = parts.scheme.lower(), parts.netloc.lower().removesuffix(_DEFAULT_PORTS[parts.scheme.lower()])
    return f"{scheme}://{host}{parts.path or '/'}"


def _encoded(text: str) -> str:
    return quote(text, safe="~")
