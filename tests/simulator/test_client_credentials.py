"""OAuth 2.0 client credentials: what the token endpoint takes and refuses, and how long its tokens last."""

from __future__ import annotations

import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from auditor.model import Level
from auditor.simulator import SimulatedAccount
from auditor.simulator.certificates import self_signed
from auditor.simulator.credentials import CertificateMapping
from tests.simulator.client import ASSERTION_TYPE, Caller


def pem(key: Any) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def test_a_good_assertion_gets_a_token_for_an_hour(caller: Caller, account: SimulatedAccount) -> None:
    answer = caller.ask_for_token()
    assert answer.status == 200
    assert set(answer.json) == {"access_token", "expires_in", "token_type"}
    assert answer.json["expires_in"] == "3600"
    caller.bearer = answer.json["access_token"]
    assert caller.ask("SELECT id FROM role").status == 200
    account.clock.advance(3590)
    assert caller.ask("SELECT id FROM role").status == 200
    account.clock.advance(20)
    refused = caller.ask("SELECT id FROM role")
    assert (refused.status, refused.code) == (401, "INVALID_LOGIN")
    assert account.requests[-1].refusal == "access token has run out"


@pytest.mark.parametrize("algorithm", ["PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "RS256"])
def test_every_documented_algorithm_is_taken_and_rs256_is_not(
    caller: Caller, account: SimulatedAccount, algorithm: str
) -> None:
    curves = {"ES256": ec.SECP256R1(), "ES384": ec.SECP384R1(), "ES512": ec.SECP521R1()}
    key: Any = (
        ec.generate_private_key(curves[algorithm])
        if algorithm in curves
        else rsa.generate_private_key(public_exponent=65537, key_size=2048)
    )
    account.client_credentials.add(
        CertificateMapping(
            client_id=account.credentials.client_id,
            certificate_id="other",
            certificate=self_signed(key, "other"),
            user=account.credentials.user,
            role=account.credentials.role,
        )
    )
    answer = caller.ask_for_token(key=pem(key), algorithm=algorithm, kid="other")
    assert answer.status == (401 if algorithm == "RS256" else 200)


NOW = int(time.time())


@pytest.mark.parametrize(
    ("claims", "status", "error", "reason"),
    [
        ({"iss": "someone"}, 401, "invalid_client", "iss is not"),
        ({"aud": "https://1234567.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token"}, 401,
         "invalid_client", "aud is not"),
        ({"aud": None}, 401, "invalid_client", "aud is not"),
        ({"iat": NOW - 7200, "exp": NOW - 3700}, 401, "invalid_client", "not valid at this time"),
        ({"iat": NOW + 900, "exp": NOW + 1800}, 401, "invalid_client", "not valid at this time"),
        ({"exp": NOW + 3700}, 401, "invalid_client", "more than 60 minutes"),
        ({"exp": None}, 401, "invalid_client", "missing"),
        ({"iat": "soon"}, 401, "invalid_client", "missing"),
        ({"scope": ["restlets"]}, 400, "invalid_scope", "scope"),
        ({"scope": None}, 400, "invalid_scope", "scope"),
    ],
)  # fmt: skip
def test_a_claim_that_is_wrong_is_refused(
    caller: Caller, account: SimulatedAccount, claims: dict[str, Any], status: int, error: str, reason: str
) -> None:
    given = {"iat": NOW} | claims
    answer = caller.ask_for_token(caller.claims(**given))
    assert (answer.status, answer.json) == (status, {"error": error})
    assert reason in account.requests[-1].refusal
    if status == 401:
        assert answer.headers["WWW-Authenticate"] == 'Basic realm="1234567"'


@pytest.mark.parametrize("scope", ["rest_webservices", "restlets rest_webservices", "restlets,rest_webservices"])
def test_the_scope_may_be_a_text(caller: Caller, scope: str) -> None:
    assert caller.ask_for_token(caller.claims(scope=scope)).status == 200


def test_an_assertion_of_another_key_or_kid_or_none_is_refused(caller: Caller) -> None:
    other = pem(ec.generate_private_key(ec.SECP256R1()))
    unsigned = jwt.encode(caller.claims(), None, "none", headers={"kid": caller.credentials.certificate_id})
    form = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION_TYPE}
    answers = [
        caller.ask_for_token(key=other),
        caller.ask_for_token(kid="unknown"),
        caller.post_token(**form, client_assertion=unsigned),
        caller.post_token(**form, client_assertion="no.jwt"),
        caller.post_token(**form),
    ]
    assert [(answer.status, answer.json["error"]) for answer in answers] == [(401, "invalid_client")] * 5


def test_another_grant_type_is_refused(caller: Caller) -> None:
    answer = caller.post_token(grant_type="refresh_token", client_assertion_type=ASSERTION_TYPE, client_assertion="x")
    assert (answer.status, answer.json) == (400, {"error": "invalid_request"})


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda a: a.set_level(1050, "ADMI_LOGIN_OAUTH2", Level.NONE), "role lacks ADMI_LOGIN_OAUTH2"),
        (lambda a: a.update("role", {"isinactive": "T"}, id=1050), "role missing or inactive"),
        (lambda a: a.update("employee", {"isinactive": "T"}, id=20), "user missing or inactive"),
        (lambda a: a.update("employee", {"giveaccess": "F"}, id=20), "user has no access"),
        (lambda a: a.delete("employeerolesforsearch", entity=20), "role not assigned to user"),
    ],
)
def test_a_user_or_role_that_may_not_sign_in_is_refused_a_token_and_its_token_refused(
    caller: Caller, account: SimulatedAccount, change: Any, reason: str
) -> None:
    caller.sign_in()
    change(account)
    answer = caller.ask_for_token()
    assert (answer.status, answer.json) == (400, {"error": "invalid_grant"})
    assert account.requests[-1].refusal == reason
    assert caller.ask("SELECT id FROM role").status == 401
    assert account.requests[-1].refusal == reason


def test_the_feature_must_be_on(caller: Caller, account: SimulatedAccount) -> None:
    account.update("companyfeaturesetup", {"isactive": "F"}, id="OAUTH2")
    assert caller.ask_for_token().status == 401


def test_a_certificate_runs_out(caller: Caller, account: SimulatedAccount) -> None:
    account.clock.advance(701 * 24 * 3600)
    now = int(account.now())
    answer = caller.ask_for_token(caller.claims(iat=now, exp=now + 300))
    assert (answer.status, answer.json) == (401, {"error": "invalid_client"})
    assert account.requests[-1].refusal == "certificate has expired"


def test_five_failures_lock_the_certificate_for_thirty_minutes(caller: Caller, account: SimulatedAccount) -> None:
    for _ in range(4):
        assert caller.ask_for_token(caller.claims(iss="someone")).status == 401
    assert caller.ask_for_token().status == 200  # which starts the count anew
    for _ in range(5):
        assert caller.ask_for_token(caller.claims(iss="someone")).status == 401
    assert caller.ask_for_token().json == {"error": "invalid_client"}
    assert account.requests[-1].refusal == "locked after five failures"
    account.clock.advance(1801)
    now = int(account.now())
    assert caller.ask_for_token(caller.claims(iat=now, exp=now + 300)).status == 200


def test_a_made_up_token_is_refused_and_an_empty_one_is_malformed(caller: Caller) -> None:
    for value in ("Bearer made-up", "Basic abc", ""):
        answer = caller.ask("SELECT id FROM role", headers={"Authorization": value})
        assert (answer.status, answer.code) == (401, "INVALID_LOGIN")
        assert answer.headers["WWW-Authenticate"] == (
            'Bearer realm="1234567", error="invalid_token", error_description="Invalid login attempt."'
        )
        assert answer.detail.startswith("Invalid login attempt. For more details, see the Login Audit Trail")
    malformed = caller.ask("SELECT id FROM role", headers={"Authorization": "Bearer "})
    assert malformed.status == 400
    assert 'error="invalid_request"' in malformed.headers["WWW-Authenticate"]
