"""The token passport, by which SOAP signs in with an access token: read from a request and checked.

Documented by NetSuite: the signature is HMAC-SHA256, base64, over account, consumer key, token, nonce and timestamp
joined by ``&``, with consumer secret and token secret joined by ``&`` as key; the clock may be five minutes off.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from xml.etree.ElementTree import Element

from msgspec import Struct

CLOCK_TOLERANCE = 300
_SHORTEST_NONCE = 6
_ELEMENTS = ("account", "consumerKey", "token", "nonce", "timestamp")


class Passport(Struct, frozen=True, kw_only=True):
    """What a request's ``tokenPassport`` header says."""

    account: str
    consumer_key: str
    token: str
    nonce: str
    timestamp: str
    algorithm: str
    signature: str


def read_passport(header: Element | None, core: str) -> Passport | None:
    """The passport in a request's ``Header``; None if it is missing or not whole. *core* is the core namespace."""
    found = header.find("{*}tokenPassport") if header is not None else None
    if found is None:
        return None
    texts = {name: (found.findtext(f"{{{core}}}{name}") or "").strip() for name in _ELEMENTS}
    signature = found.find(f"{{{core}}}signature")
    if signature is None or not all(texts.values()):
        return None
    return Passport(
        account=texts["account"],
        consumer_key=texts["consumerKey"],
        token=texts["token"],
        nonce=texts["nonce"],
        timestamp=texts["timestamp"],
        algorithm=signature.get("algorithm", ""),
        signature=(signature.text or "").strip(),
    )


def refusal(passport: Passport, *, account: str, consumer_secret: str, token_secret: str, now: float) -> str:
    """Why *passport* does not sign in, in more words than NetSuite gives; empty if it does."""
    if passport.account != account:
        return "the account is another"
    if passport.algorithm != "HMAC-SHA256":
        return "the signature algorithm is not HMAC-SHA256"
    if not passport.timestamp.isdecimal() or abs(int(passport.timestamp) - now) > CLOCK_TOLERANCE:
        return "the timestamp is more than five minutes off"
    if len(passport.nonce) < _SHORTEST_NONCE:
        return "the nonce is too short"
    expected = signature(passport, consumer_secret, token_secret)
    return "" if hmac.compare_digest(expected.encode(), passport.signature.encode()) else "the signature does not match"


def signature(passport: Passport, consumer_secret: str, token_secret: str) -> str:
    """The signature that *passport* must bear."""
    signed = "&".join((passport.account, passport.consumer_key, passport.token, passport.nonce, passport.timestamp))
    key = f"{consumer_secret}&{token_secret}"
    return base64.b64encode(hmac.new(key.encode(), signed.encode(), hashlib.sha256).digest()).decode()
