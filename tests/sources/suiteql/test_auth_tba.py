"""Oracle help, published sample credentials (the page on the OAuth 1.0 signature for token-based authentication)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import UTC, datetime
from types import SimpleNamespace
from urllib.parse import parse_qsl, quote, unquote

import pytest

from auditor.config import TokenBased
from auditor.secrets import SecretReference
from auditor.sources.suiteql.auth_tba import TokenSignIn
from auditor.sources.suiteql.retry import Clock
from tests.sources.suiteql.conftest import SECRETS, Time

ORACLE = {
    "CK": "ef40afdd8abaac111b13825dd5e5e2ddddb44f86d5a0dd6dcf38c20aae6b67e4",
    "CS": "d26ad321a4b2f23b0741c8d38392ce01c3e23e109df6c96eac6d099e9ab9e8b5",
    "TI": "2b0ce516420110bcbd36b69e99196d1b7f6de3c6234c5afb799b73d87569f5cc",
    "TS": "c29a677df7d5439a458c063654187e3d678d73aca8e3c9d8bea1478a3eb0d295",
}
NONCE = "fjaLirsIcCGVZWzBX0pg"
TIMESTAMP = 1508242306
EMPLOYEE = "https://123456.suitetalk.api.netsuite.com/services/rest/record/v1/employee/40"
SIGNATURE = "B5OIWznZ2YP0OB7VrJrGkYsTh%2B8H%2B5T9Hag%2Bo92q0zY%3D"


def parts(header: str) -> dict[str, str]:
    assert header.startswith("OAuth ")
    return dict(re.findall(r'(\w+)="([^"]*)"', header))


def test_oracles_published_signature(token_based: TokenBased, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ORACLE.items():
        monkeypatch.setenv(name, value)
    clock = Clock(now=lambda: datetime.fromtimestamp(TIMESTAMP, UTC))
    sign_in = TokenSignIn(token_based, "123456", clock, nonce=lambda: NONCE)
    assert parts(sign_in.authorization(EMPLOYEE, "GET")) == {
        "realm": "123456",
        "oauth_consumer_key": ORACLE["CK"],
        "oauth_token": ORACLE["TI"],
        "oauth_signature_method": "HMAC-SHA256",
        "oauth_timestamp": str(TIMESTAMP),
        "oauth_nonce": NONCE,
        "oauth_version": "1.0",
        "oauth_signature": SIGNATURE,
    }


def test_the_query_string_is_signed(token_based: TokenBased, time: Time) -> None:
    url = "https://1234567-sb1.suitetalk.api.netsuite.com/services/rest/query/v1/suiteql"
    sent = parts(TokenSignIn(token_based, "1234567_SB1", time.clock).authorization(f"{url}?limit=1000&offset=2000"))
    oauth = {name: value for name, value in sent.items() if name not in ("realm", "oauth_signature")}
    pairs = sorted({**oauth, "limit": "1000", "offset": "2000"}.items())
    normal = "&".join(f"{quote(name, '~')}={quote(value, '~')}" for name, value in pairs)
    base = "&".join(quote(text, "~") for text in ("POST", url, normal))
    key = f"{SECRETS['CS']}&{SECRETS['TS']}".encode()
    expected = base64.b64encode(hmac.new(key, base.encode(), hashlib.sha256).digest()).decode()
    assert unquote(sent["oauth_signature"]) == expected
    assert sent["realm"] == "1234567_SB1"


@pytest.mark.parametrize(
    "address",
    [
        "https://1234567-SB1.SuiteTalk.api.netsuite.com/a",
        "https://example.com:443/a",
        "http://127.0.0.1:8080/a",
        "http://example.com:80/",
    ],
)
@pytest.mark.parametrize("query", ["", "?limit=1000&offset=0", "?b=%2B%20x&a=&b=%C3%A9"])
def test_oauthlib_signs_alike(token_based: TokenBased, time: Time, address: str, query: str) -> None:
    from oauthlib.oauth1.rfc5849 import signature

    sent = parts(TokenSignIn(token_based, "1", time.clock).authorization(address + query))
    oauth = [(name, unquote(value)) for name, value in sent.items() if name not in ("realm", "oauth_signature")]
    base = signature.signature_base_string(
        "POST",
        signature.base_string_uri(address),
        signature.normalize_parameters([*oauth, *parse_qsl(query[1:], keep_blank_values=True)]),
    )
    keys = SimpleNamespace(client_secret=SECRETS["CS"], resource_owner_secret=SECRETS["TS"])
    assert unquote(sent["oauth_signature"]) == signature.sign_hmac_sha256_with_client(base, keys)


def test_each_header_has_a_nonce_and_time_of_its_own(token_based: TokenBased, time: Time) -> None:
    sign_in = TokenSignIn(token_based, "1", time.clock)
    first = parts(sign_in.authorization(EMPLOYEE))
    time.sleep(7)
    second = parts(sign_in.authorization(EMPLOYEE))
    assert first["oauth_nonce"] != second["oauth_nonce"]
    assert len(first["oauth_nonce"]) >= 20
    assert first["oauth_nonce"].isalnum()
    assert int(second["oauth_timestamp"]) - int(first["oauth_timestamp"]) == 7


def test_secrets_do_not_show(token_based: TokenBased, time: Time, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    sign_in = TokenSignIn(token_based, "1", time.clock)
    header = sign_in.authorization(EMPLOYEE)
    for name in ("CS", "TS"):
        assert SECRETS[name] not in header
    for value in SECRETS.values():
        assert value not in caplog.text + repr(sign_in) + repr(token_based) + repr(vars(sign_in))


def test_a_secret_that_is_not_there(token_based: TokenBased, time: Time) -> None:
    from auditor.errors import ConfigurationError

    missing = TokenBased(
        consumer_key=token_based.consumer_key,
        consumer_secret=token_based.consumer_secret,
        token_id=token_based.token_id,
        token_secret=SecretReference("env", "NOT_THERE"),
    )
    with pytest.raises(ConfigurationError, match="NOT_THERE"):
        TokenSignIn(missing, "1", time.clock)
