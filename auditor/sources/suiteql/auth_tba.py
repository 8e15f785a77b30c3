"""Signs requests for token-based authentication: OAuth 1.0a with HMAC-SHA256 (documented).

The query string is signed, the JSON body is not; the realm is the account id; each try has a nonce and time of its own.
"""

from __future__ import annotations

import hmac
import re
import secrets
from base64 import b64encode
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import parse_qsl, quote, urlsplit

from auditor.config import TokenBased
from auditor.secrets import Secret, resolve
from auditor.sources.suiteql.retry import Clock

_PLAIN = re.compile(r"[A-Za-z0-9._~-]*")


def _nonce() -> str:
    """32 characters; NetSuite asks for 20 or more."""
    return secrets.token_hex(16)


def _escaped(text: str) -> str:
    """As RFC 5849 escapes it: all but letters, digits and ``-._~``."""
    return text if _PLAIN.fullmatch(text) else quote(text, safe="")


@lru_cache(8)
def _plain(address: str) -> str:
    """An address as RFC 5849 signs it: scheme and host in small letters, the usual port left out."""
    parts = urlsplit(address)
    host = parts.netloc.lower()
    usual = {"http": ":80", "https": ":443"}.get(parts.scheme, "")
    return f"{parts.scheme}://{host.removesuffix(usual)}{parts.path or '/'}"


class TokenSignIn:
    """Holds the four parts of a TBA credential and signs with them."""

    def __init__(self, settings: TokenBased, realm: str, clock: Clock, nonce: Callable[[], str] = _nonce) -> None:
        self._consumer_key = resolve(settings.consumer_key)
        self._consumer_secret = resolve(settings.consumer_secret)
        self._token_id = resolve(settings.token_id)
        self._token_secret = resolve(settings.token_secret)
        self._realm = realm
        self._clock = clock
        self._nonce = nonce

    def authorization(self, url: str, /, method: str = "POST") -> str:
        """The Authorization header for one request to *url*."""
        address, _, query = url.partition("?")
        oauth = {
            "oauth_consumer_key": self._consumer_key.reveal(),
            "oauth_token": self._token_id.reveal(),
            "oauth_signature_method": "HMAC-SHA256",
            "oauth_timestamp": str(int(self._clock.now().timestamp())),
            "oauth_nonce": self._nonce(),
            "oauth_version": "1.0",
        }
        sent = [(_escaped(name), _escaped(value)) for name, value in oauth.items()]
        asked = [(_escaped(name), _escaped(value)) for name, value in parse_qsl(query, keep_blank_values=True)]
        normal = "&".join(f"{name}={value}" for name, value in sorted(sent + asked))
        again = normal.replace("%", "%25").replace("&", "%26").replace("=", "%3D")  # nothing else is left to escape
        base = "&".join((method, _escaped(_plain(address)), again))
        key = "&".join((_escaped(self._consumer_secret.reveal()), _escaped(self._token_secret.reveal())))
        sealed = b64encode(hmac.digest(key.encode(), base.encode(), "sha256")).decode()
        sent.append(("oauth_signature", _escaped(sealed)))
        return f'OAuth realm="{self._realm}", ' + ", ".join(f'{name}="{value}"' for name, value in sent)

    def described(self) -> str:
        """The kind of signature; what is in the four parts is not looked at."""
        return f"An access token with its secrets is there; it signs with HMAC-SHA256 for the realm {self._realm}."

    def doubt(self) -> str:
        """Nothing can be told of four texts."""
        return ""

    def secrets(self) -> tuple[Secret, ...]:
        """All four parts; two of them are sent with each request."""
        return self._consumer_key, self._consumer_secret, self._token_id, self._token_secret

    def forget(self) -> None:
        """Nothing is kept: each header has its own time and nonce."""
