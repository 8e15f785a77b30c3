from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from auditor.config import AccountSettings, OAuth2
from auditor.errors import ConfigurationError, SourceError
from auditor.secrets import Secret, SecretReference
from auditor.sources.suiteql.auth_oauth2 import CertificateSignIn, algorithm_for, load_key
from auditor.sources.suiteql.faults import (
    BusyError,
    MalformedAnswerError,
    QueryRefusedError,
    ServerTroubleError,
    SignInRefusedError,
)
from auditor.sources.suiteql.transport import Transport
from tests.sources.suiteql.conftest import Time, scripted
from tests.sources.suiteql.stub import TOKEN_PATH, Reply, Stub, granted, refused

RSA = rsa.generate_private_key(65537, 2048)
EC = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}


def pem(key: Any, password: bytes | None = None, form: PrivateFormat = PrivateFormat.PKCS8) -> str:
    encryption = BestAvailableEncryption(password) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, form, encryption).decode()


@pytest.fixture
def sign_in_to(tmp_path: Path, time: Time, monkeypatch: pytest.MonkeyPatch):
    transports = []

    def made(stub: Stub, key: Any = RSA, password: str = "", algorithm: str = "") -> CertificateSignIn:
        path = tmp_path / "key.pem"
        path.write_text(pem(key, password.encode() or None))
        path.chmod(0o600)
        monkeypatch.setenv("KEY_PASSWORD", password)
        oauth2 = OAuth2(
            client_id="client",
            certificate_id="cert",
            private_key=SecretReference("file", str(path)),
            private_key_password=SecretReference("env", "KEY_PASSWORD") if password else None,
            algorithm=algorithm,
        )
        account = AccountSettings(id="1234567_SB1", name="x", sign_in=oauth2, base_url=stub.url)
        transports.append(Transport(account, time.clock, threading.Event()))
        return CertificateSignIn(account, oauth2, transports[-1], time.clock)

    yield made
    for transport in transports:
        transport.close()


@pytest.mark.parametrize(
    ("key", "password", "asked", "algorithm"),
    [
        (RSA, "", "", "PS256"),
        (RSA, "", "PS512", "PS512"),
        (RSA, "key-password-canary", "PS384", "PS384"),
        (ec.generate_private_key(EC["P-256"]), "", "", "ES256"),
        (ec.generate_private_key(EC["P-256"]), "key-password-canary", "", "ES256"),
        (ec.generate_private_key(EC["P-384"]), "", "", "ES384"),
        (ec.generate_private_key(EC["P-521"]), "", "ES512", "ES512"),
    ],
)
def test_the_assertion_is_what_netsuite_documents(
    serve: Callable[..., Stub], sign_in_to: Any, time: Time, *, key: Any, password: str, asked: str, algorithm: str
) -> None:
    stub = serve(scripted(granted()))
    assert sign_in_to(stub, key, password, asked).authorization("x") == "Bearer bearer-canary"
    (request,) = stub.asked
    assert (request.method, request.path, request.query) == ("POST", TOKEN_PATH, {})
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    form = request.form
    assert form.pop("grant_type") == "client_credentials"
    assert form.pop("client_assertion_type") == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    assertion = form.pop("client_assertion")
    assert form == {}
    assert jwt.get_unverified_header(assertion) == {"alg": algorithm, "kid": "cert", "typ": "JWT"}
    claims = jwt.decode(
        assertion,
        key.public_key(),
        algorithms=[algorithm],
        audience=stub.url + TOKEN_PATH,
        options={"verify_exp": False, "verify_iat": False},
    )
    now = int(time.clock.now().timestamp())
    assert claims.pop("jti")
    assert claims == {
        "iss": "client",
        "scope": ["rest_webservices"],
        "aud": stub.url + TOKEN_PATH,
        "iat": now,
        "exp": now + 600,
    }


@pytest.mark.parametrize(
    ("expires_in", "uses"), [("3600", 3480), (3600, 3480), (3600.0, 3480), ("100", 50), (None, 180), ("0", 0)]
)
def test_the_token_is_used_until_shortly_before_its_end(
    serve: Callable[..., Stub], sign_in_to: Any, time: Time, expires_in: object, uses: float
) -> None:
    stub = serve(scripted(granted("first", expires_in), granted("second", expires_in)))
    sign_in = sign_in_to(stub)
    assert sign_in.authorization("x") == "Bearer first"
    if uses:
        time.passed = uses - 1
        assert sign_in.authorization("y") == "Bearer first"
    time.passed = uses
    assert sign_in.authorization("x") == "Bearer second"
    assert len(stub.asked) == 2


def test_a_forgotten_token_is_bought_anew_with_a_new_assertion(serve: Callable[..., Stub], sign_in_to: Any) -> None:
    stub = serve(scripted(granted("first"), granted("second")))
    sign_in = sign_in_to(stub)
    sign_in.authorization("x")
    sign_in.forget()
    assert sign_in.authorization("x") == "Bearer second"
    first, second = (request.form["client_assertion"] for request in stub.asked)
    assert first != second


def test_threads_share_one_token(serve: Callable[..., Stub], sign_in_to: Any) -> None:
    stub = serve(scripted(granted()))
    sign_in = sign_in_to(stub)
    threads = [threading.Thread(target=sign_in.authorization, args=("x",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stub.asked) == 1


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(400, b'{"error": "invalid_grant"}'), SignInRefusedError),
        (Reply(401, b'{"error": "invalid_client", "error_description": "no such"}'), SignInRefusedError),
        (Reply(401, b"<html>"), SignInRefusedError),
        (refused(401, "INVALID_LOGIN", "Invalid login attempt."), SignInRefusedError),
        (refused(403, "INSUFFICIENT_PERMISSION"), SignInRefusedError),
        (refused(429, "CONCURRENCY_LIMIT_EXCEEDED"), BusyError),
        (Reply(503, b""), ServerTroubleError),
        (Reply(404, b"<html>"), QueryRefusedError),
        (Reply(302, b"", {"Location": "http://evil.example/"}), QueryRefusedError),
        (Reply(200, b"<html>token-canary"), MalformedAnswerError),
        (Reply(200, b'{"token": "token-canary"}'), MalformedAnswerError),
        (Reply(200, b'{"access_token": "token-canary\\r\\nX-Header: 1"}'), MalformedAnswerError),
        (Reply(200, b'{"access_token": 1}'), MalformedAnswerError),
        (Reply(200, b'{"access_token": "token-canary", "expires_in": "soon"}'), MalformedAnswerError),
    ],
)
def test_what_the_endpoint_may_answer(
    serve: Callable[..., Stub], sign_in_to: Any, reply: Reply, kind: type[SourceError]
) -> None:
    stub = serve(scripted(reply))
    with pytest.raises(kind) as caught:
        sign_in_to(stub).authorization("x")
    assert len(stub.asked) == 1
    assert "canary" not in str(caught.value)


def test_an_endpoint_that_repeats_the_assertion(serve: Callable[..., Stub], sign_in_to: Any) -> None:
    stub = serve(lambda asked: Reply(400, json.dumps({"error": asked.form["client_assertion"]}).encode()))
    with pytest.raises(SignInRefusedError, match=r"400 \*\*\*\. Nothing") as caught:
        sign_in_to(stub).authorization("x")
    assert stub.asked[0].form["client_assertion"][:20] not in str(caught.value)


def test_a_refusal_says_what_to_look_at(serve: Callable[..., Stub], sign_in_to: Any) -> None:
    stub = serve(scripted(Reply(400, json.dumps({"error": "invalid_grant"}).encode())))
    with pytest.raises(SignInRefusedError) as caught:
        sign_in_to(stub).authorization("x")
    message = str(caught.value)
    assert message.startswith("NetSuite refused the sign-in to account 1234567_SB1: 400 invalid_grant. Nothing more")
    for word in ("CLOCK", "1234567_SB1", "certificate: not expired", "3072", "Log in using OAuth 2.0 Access Tokens"):
        assert word in message


@pytest.mark.parametrize(
    ("text", "password", "words"),
    [
        (pem(RSA, b"right"), None, "is encrypted.*private_key_password"),
        (pem(RSA, b"right"), "wrong-canary", "private_key_password is wrong"),
        (pem(RSA), "needless-canary", "is not encrypted, and private_key_password is set"),
        ("not a key canary", None, "is not a PEM private key"),
        (pem(RSA).replace("A", "!"), None, "is not a PEM private key"),
        (pem(ed25519.Ed25519PrivateKey.generate()), None, "neither RSA nor elliptic curve"),
    ],
)
def test_keys_that_cannot_be_used(text: str, password: str | None, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words) as caught:
        load_key(Secret(text), Secret(password) if password else None, "file:/k.pem")
    assert "canary" not in str(caught.value)
    assert "file:/k.pem" in str(caught.value)


def test_old_pem_forms_are_read() -> None:
    for text in (pem(RSA, form=PrivateFormat.TraditionalOpenSSL), pem(RSA, b"right", PrivateFormat.TraditionalOpenSSL)):
        assert load_key(Secret(text), Secret("right") if "ENCRYPTED" in text else None, "x").key_size == 2048


def test_algorithms_that_do_not_fit() -> None:
    with pytest.raises(ConfigurationError, match=r"cannot sign with ES256.*PS256 or PS384 or PS512"):
        algorithm_for(RSA, "ES256")
    with pytest.raises(ConfigurationError, match=r"cannot sign with ES256.*ES384"):
        algorithm_for(ec.generate_private_key(EC["P-384"]), "ES256")
    with pytest.raises(ConfigurationError, match="curve"):
        algorithm_for(ec.generate_private_key(ec.SECP256K1()), "")
