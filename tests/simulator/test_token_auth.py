"""Token-based authentication: signatures against Oracle's sample and oauthlib, and everything that is refused."""

from __future__ import annotations

import time
import uuid
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oauthlib.oauth1.rfc5849 import signature as oauthlib_signature

from auditor.model import Level
from auditor.simulator import SimulatedAccount, Simulator, faulty_account
from auditor.simulator.token_auth import parse_authorization, signature
from tests.simulator.client import QUERY_PATH, Caller, by_token, tba_header

# Oracle help, section_1534941088, "The Signature for Web Services and RESTlets": sample credentials and signature.
SAMPLE = {
    "oauth_consumer_key": "ef40afdd8abaac111b13825dd5e5e2ddddb44f86d5a0dd6dcf38c20aae6b67e4",
    "oauth_token": "2b0ce516420110bcbd36b69e99196d1b7f6de3c6234c5afb799b73d87569f5cc",
    "oauth_nonce": "fjaLirsIcCGVZWzBX0pg",
    "oauth_timestamp": "1508242306",
    "oauth_signature_method": "HMAC-SHA256",
    "oauth_version": "1.0",
}
SAMPLE_CONSUMER_SECRET = "d26ad321a4b2f23b0741c8d38392ce01c3e23e109df6c96eac6d099e9ab9e8b5"
SAMPLE_TOKEN_SECRET = "c29a677df7d5439a458c063654187e3d678d73aca8e3c9d8bea1478a3eb0d295"


def test_the_published_sample_is_signed_as_oracle_signs_it() -> None:
    url = "https://123456.suitetalk.api.netsuite.com/services/rest/record/v1/employee/40"
    made = signature("GET", url, SAMPLE.items(), SAMPLE_CONSUMER_SECRET, SAMPLE_TOKEN_SECRET)
    assert made == unquote("B5OIWznZ2YP0OB7VrJrGkYsTh%2B8H%2B5T9Hag%2Bo92q0zY%3D")


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
urls = st.sampled_from(["http://h:80/p", "HTTPS://H:443/p%20q/", "http://h:8080"])


@settings(max_examples=60)
@given(st.lists(st.tuples(text, text), max_size=6), text, text, urls)
def test_signatures_agree_with_another_implementation(
    parameters: list[tuple[str, str]], consumer_secret: str, token_secret: str, url: str
) -> None:
    parameters = [pair for pair in parameters if pair[0] not in ("realm", "oauth_signature")]
    base = oauthlib_signature.signature_base_string(
        "post", oauthlib_signature.base_string_uri(url), oauthlib_signature.normalize_parameters(parameters)
    )
    client = SimpleNamespace(client_secret=consumer_secret, resource_owner_secret=token_secret)
    theirs = oauthlib_signature.sign_hmac_sha256_with_client(base, client)
    assert signature("post", url, parameters, consumer_secret, token_secret) == theirs


def test_a_signed_query_is_answered(tba: Caller, account: SimulatedAccount) -> None:
    assert tba.ask("SELECT COUNT(*) AS n FROM role", limit=5).items == [{"n": "9"}]
    assert account.requests[-1].headers["authorization"] == "OAuth …"


def test_the_parameters_of_the_url_are_signed(tba: Caller, account: SimulatedAccount) -> None:
    header = tba_header("POST", f"{tba.base_url}{QUERY_PATH}?limit=5&offset=0", tba.tba)  # type: ignore[arg-type]
    answer = tba.ask("SELECT id FROM role", limit=10, headers={"Authorization": header})
    assert answer.status == 401
    assert account.requests[-1].refusal == "signature does not match"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"realm": "1234567_sb1"}, "realm is not the account id"),
        ({"realm": None}, "realm is not the account id"),
        ({"signature_method": "HMAC-SHA1"}, "signature method is not HMAC-SHA256"),
        ({"signature_method": "PLAINTEXT"}, "signature method is not HMAC-SHA256"),
        ({"timestamp": -400}, "timestamp is more than five minutes off"),
        ({"timestamp": 400}, "timestamp is more than five minutes off"),
        ({"timestamp": "soon"}, "timestamp is more than five minutes off"),
        ({"nonce": "short"}, "nonce has fewer than twenty characters"),
    ],
)
def test_what_is_signed_wrongly_is_refused(
    tba: Caller, account: SimulatedAccount, changes: dict[str, Any], reason: str
) -> None:
    path = f"{QUERY_PATH}?limit=1000&offset=0"
    if isinstance(off := changes.get("timestamp"), int):  # seconds from now, and not from when the tests were collected
        changes = {"timestamp": str(int(time.time()) + off)}
    header = tba_header("POST", tba.base_url + path, tba.tba, **changes)  # type: ignore[arg-type]
    answer = tba.ask("SELECT id FROM role", headers={"Authorization": header})
    assert (answer.status, answer.code) == (401, "INVALID_LOGIN")
    assert answer.headers["WWW-Authenticate"] == (
        'OAuth realm="1234567", error="token_rejected", error_description="Invalid login attempt."'
    )
    assert account.requests[-1].refusal == reason


@pytest.mark.parametrize("realm", ["1234567_sb1", "1234567-SB1", "1234567-sb1"])
def test_a_sandboxes_realm_is_in_capitals_with_underscore(realm: str) -> None:
    account = faulty_account("1234567_SB1")
    with Simulator([account]) as simulator:
        caller = by_token(simulator, account)
        assert caller.ask("SELECT id FROM role").status == 200
        caller.tba = replace(account.credentials.token, account=realm)
        assert caller.ask("SELECT id FROM role").status == 401
        assert account.requests[-1].refusal == "realm is not the account id"
        caller.pool.clear()


@pytest.mark.parametrize("old", ["consumer_key", "consumer_secret", "token_id", "token_secret"])
def test_every_one_of_the_four_values_counts(tba: Caller, account: SimulatedAccount, old: str) -> None:
    tba.tba = replace(account.credentials.token, **{old: "0" * 64})
    assert tba.ask("SELECT id FROM role").status == 401


def test_a_clock_less_than_five_minutes_off_will_do(tba: Caller) -> None:
    path = f"{QUERY_PATH}?limit=1000&offset=0"
    header = tba_header("POST", tba.base_url + path, tba.tba, timestamp=str(int(time.time()) - 280))  # type: ignore[arg-type]
    assert tba.ask("SELECT id FROM role", headers={"Authorization": header}).status == 200


def test_a_nonce_is_good_once(tba: Caller, account: SimulatedAccount) -> None:
    nonce = uuid.uuid4().hex
    stamp = str(int(time.time()))
    path = f"{QUERY_PATH}?limit=1000&offset=0"
    header = tba_header("POST", tba.base_url + path, tba.tba, nonce=nonce, timestamp=stamp)  # type: ignore[arg-type]
    assert tba.ask("SELECT id FROM role", headers={"Authorization": header}).status == 200
    assert tba.ask("SELECT id FROM role", headers={"Authorization": header}).status == 401
    assert account.requests[-1].refusal == "nonce was used before"


def test_five_failures_lock_the_token_for_thirty_minutes(tba: Caller, account: SimulatedAccount) -> None:
    path = f"{QUERY_PATH}?limit=1000&offset=0"

    def ask(**changes: Any) -> int:
        stamp = str(int(account.now()))
        header = tba_header("POST", tba.base_url + path, tba.tba, **({"timestamp": stamp} | changes))  # type: ignore[arg-type]
        return tba.ask("SELECT id FROM role", headers={"Authorization": header}).status

    assert [ask(realm="0") for _ in range(5)] == [401] * 5
    assert ask() == 401
    assert account.requests[-1].refusal == "locked after five failures"
    account.clock.advance(1700)
    assert ask() == 401
    account.clock.advance(200)
    assert ask() == 200


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda a: a.update("oauthtoken", {"brevoked": "T", "binactive": "T"}, id=1), "token revoked"),
        (lambda a: a.update("oauthtoken", {"binactive": "T"}, id=1), "token inactive"),
        (lambda a: a.delete("oauthtoken", id=1), "token revoked"),
        (lambda a: a.delete("employeerolesforsearch", entity=20), "role not assigned to user"),
        (lambda a: a.update("companyfeaturesetup", {"isactive": "F"}, id="TBA"), "feature Token-based"),
        (lambda a: a.set_level(1050, "ADMI_LOGIN_OAUTH", Level.NONE), "role lacks ADMI_LOGIN_OAUTH or"),
    ],
)
def test_a_token_that_may_not_be_used_is_refused(
    tba: Caller, account: SimulatedAccount, change: Any, reason: str
) -> None:
    change(account)
    assert tba.ask("SELECT id FROM role").status == 401
    assert account.requests[-1].refusal.startswith(reason)


def test_user_access_tokens_includes_logging_in(tba: Caller, account: SimulatedAccount) -> None:
    account.set_level(1050, "ADMI_LOGIN_OAUTH", Level.NONE)
    account.set_level(1050, "ADMI_MANAGE_OWN_OAUTH_TOKENS", Level.FULL)
    assert tba.ask("SELECT id FROM role").status == 200


def test_the_integrations_own_token_signs_in_and_is_judged_by_its_own_role(
    tba: Caller, account: SimulatedAccount
) -> None:
    tba.tba = account.integration
    answer = tba.ask("SELECT id FROM classification")
    assert (answer.status, answer.code) == (403, "INSUFFICIENT_PERMISSION")
    assert account.requests[-1].refusal.startswith(
        "Permission Violation: You need  the 'Setup -> REST Web Services' permission"
    )
    account.set_level(1040, "ADMI_RESTWEBSERVICES", Level.FULL)
    account.set_level(1040, "REPO_ANALYTICS", Level.EDIT)
    assert tba.ask("SELECT id FROM classification").detail.endswith("Record 'classification' was not found.")
    assert tba.ask("SELECT COUNT(*) AS n FROM department").items == [{"n": "5"}]


def test_another_scheme_or_broken_parameters_are_no_signature() -> None:
    assert parse_authorization("Bearer x") == {}
    assert parse_authorization('OAuth realm="a b", oauth_token="x%2By",broken, other=unquoted') == {
        "realm": "a b",
        "oauth_token": "x+y",
    }
