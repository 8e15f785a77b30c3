from __future__ import annotations

import datetime as dt
import gzip
import ipaddress
import logging
import ssl
import threading
import time as real_time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from auditor.errors import SourceError
from auditor.sources.suiteql.auth_tba import TokenSignIn
from auditor.sources.suiteql.client import Client, only_select
from auditor.sources.suiteql.faults import (
    BusyError,
    MalformedAnswerError,
    NoAnswerError,
    NotPermittedError,
    QueryRefusedError,
    ServerTroubleError,
    SignInRefusedError,
    StoppedError,
    TimeSpentError,
    UnreachableError,
)
from auditor.sources.suiteql.pages import PageDecoder
from auditor.sources.suiteql.retry import Clock
from auditor.sources.suiteql.rows import RoleRow
from tests.sources.suiteql.conftest import SECRETS, START, Time, scripted
from tests.sources.suiteql.stub import Asked, Reply, Stub, page, refused

SQL = "SELECT id FROM role ORDER BY id"
ONE = page({"id": "1"})
DECODE = PageDecoder(RoleRow, "id").decode
LOGIN = refused(401, "INVALID_LOGIN", "Invalid login attempt. For more details, see the Login Audit Trail.")
ClientOf = Callable[..., Client]
Serve = Callable[..., Stub]


def ids(client: Client, sql: str = SQL) -> list[int]:
    return client.ask(sql, DECODE).leads


def test_what_is_sent(serve: Serve, client_of: ClientOf) -> None:
    stub = serve(scripted(ONE))
    client_of(stub).ask(SQL, DECODE, offset=2000)
    (asked,) = stub.asked
    assert (asked.method, asked.path) == ("POST", "/services/rest/query/v1/suiteql")
    assert asked.query == {"limit": "1000", "offset": "2000"}
    assert asked.body == b'{"q":"SELECT id FROM role ORDER BY id"}'
    assert asked.headers["prefer"] == "transient"
    assert asked.headers["content-type"] == "application/json"
    assert asked.headers["authorization"].startswith('OAuth realm="1234567_SB1", ')


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM role",
        "UPDATE role SET name = 'x'",
        "INSERT INTO role VALUES (1)",
        "SELECT 1; DELETE FROM role",
        "SELECT 1 --",
        "SELECT /* */ 1",
        " SELECT 1",
        "SELECTED",
        "WITH x AS (SELECT 1) SELECT 1",
        "",
    ],
)
def test_nothing_but_one_select_leaves(serve: Serve, client_of: ClientOf, sql: str) -> None:
    stub = serve(scripted(ONE))
    with pytest.raises(ValueError, match="SELECT"):
        ids(client_of(stub), sql)
    assert stub.asked == []
    assert only_select(SQL) == SQL


def test_nothing_but_the_two_paths(serve: Serve, client_of: ClientOf) -> None:
    stub = serve(scripted(ONE))
    client = client_of(stub)
    for path in ("/services/rest/record/v1/role", "/", "", "//evil.example/"):
        with pytest.raises(ValueError, match="nothing is ever asked"):
            client._transport.post(path, "", {}, b"")
    assert stub.asked == []


@pytest.mark.parametrize(
    "bad",
    [
        refused(429, "CONCURRENCY_LIMIT_EXCEEDED", "Concurrent request limit exceeded. Request blocked."),
        refused(500, "UNEXPECTED_ERROR", "An unexpected error occurred. Error ID: 1"),
        refused(403, "INSUFFICIENT_PERMISSION"),
        Reply(200, b"<html>maintenance</html>"),
        Reply(200, b""),
        Reply(200, b'{"items": [{"id": "1"'),
        Reply(200, b'{"items": [], "hasMore": true, "count": 0}'),
        Reply(200, b'{"items": [], "hasMore": false, "count": 7}'),
        Reply(200, b'{"items": [{"id": "x"}], "hasMore": false, "count": 1}'),
        Reply(200, ONE.body[:-5], promised=len(ONE.body)),
        Reply(200, b"\x1f\x8bnot gzip", {"Content-Encoding": "gzip"}),
    ],
)
def test_what_passes_is_asked_again(serve: Serve, client_of: ClientOf, time: Time, bad: Reply) -> None:
    stub = serve(scripted(bad, ONE))
    assert ids(client_of(stub)) == [1]
    assert len(stub.asked) == 2
    assert time.waits == [2]
    first, second = (asked.headers["authorization"] for asked in stub.asked)
    assert first != second


@pytest.mark.parametrize(
    ("bad", "kind", "asked"),
    [
        (refused(429, "CONCURRENCY_LIMIT_EXCEEDED"), BusyError, 11),
        (refused(500, "UNEXPECTED_ERROR"), ServerTroubleError, 6),
        (refused(403, "INSUFFICIENT_PERMISSION"), NotPermittedError, 2),
        (Reply(200, b"{}"), MalformedAnswerError, 4),
        (Reply(200, b"{", promised=9), NoAnswerError, 6),
        (refused(400, "INVALID_PARAMETER", "no"), QueryRefusedError, 1),
        (Reply(404, b"<html>"), QueryRefusedError, 1),
        (Reply(307, b"", {"Location": "/elsewhere"}), QueryRefusedError, 1),
    ],
)
def test_what_stays_ends(serve: Serve, client_of: ClientOf, bad: Reply, kind: type[SourceError], asked: int) -> None:
    stub = serve(scripted(bad))
    with pytest.raises(kind):
        ids(client_of(stub))
    assert len(stub.asked) == asked
    assert {request.path for request in stub.asked} == {"/services/rest/query/v1/suiteql"}


def test_retry_after_is_honoured(serve: Serve, client_of: ClientOf, time: Time) -> None:
    stub = serve(scripted(refused(429, "CONCURRENCY_LIMIT_EXCEEDED", Retry_After="41"), ONE))
    assert ids(client_of(stub)) == [1]
    assert time.waits == [41]


def test_the_budget_bounds_all_of_it(serve: Serve, client_of: ClientOf, time: Time) -> None:
    stub = serve(scripted(refused(429, "CONCURRENCY_LIMIT_EXCEEDED")))
    with pytest.raises(TimeSpentError, match=r"budget of 20 seconds.*busy"):
        ids(client_of(stub, time_budget=20))
    assert time.waits == [2, 4, 8]


def test_a_first_refusal_is_the_last(serve: Serve, client_of: ClientOf) -> None:
    stub = serve(scripted(LOGIN))
    client = client_of(stub)
    for _ in range(7):
        with pytest.raises(SignInRefusedError):
            ids(client)
    assert len(stub.asked) == 1


def test_after_good_answers_it_is_tried_once_more(serve: Serve, client_of: ClientOf, time: Time) -> None:
    stub = serve(scripted(ONE, LOGIN, ONE, LOGIN, LOGIN))
    client = client_of(stub)
    assert ids(client) + ids(client) == [1, 1]
    for _ in range(3):
        with pytest.raises(SignInRefusedError, match="although it had accepted it earlier in this run"):
            ids(client)
    assert len(stub.asked) == 5
    nonces = {asked.headers["authorization"] for asked in stub.asked}
    assert len(nonces) == 5


def test_never_five_refusals(serve: Serve, client_of: ClientOf) -> None:
    answers = [ONE, *[LOGIN, ONE] * 9]
    stub = serve(scripted(*answers))
    client = client_of(stub)
    outcomes = []
    for _ in range(9):
        try:
            outcomes.append(len(ids(client)))
        except SignInRefusedError:
            outcomes.append(0)
    assert outcomes == [1, 1, 1, 1, 0, 0, 0, 0, 0]
    assert sum(answer is LOGIN for answer in answers[: len(stub.asked)]) == 4


def test_threads_stop_together(serve: Serve, client_of: ClientOf) -> None:
    stub = serve(scripted(LOGIN))
    client = client_of(stub, concurrency=4)

    def ask() -> None:
        for _ in range(5):
            with pytest.raises(SignInRefusedError):
                ids(client)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stub.asked) <= 4


@pytest.mark.parametrize(
    ("date", "words"),
    [
        (START, "The clock is not the reason"),
        (START + dt.timedelta(seconds=59), "The clock is not the reason"),
        (START - dt.timedelta(minutes=7, seconds=12), "THE CLOCK of this machine is 7 min 12 s ahead of NetSuite's"),
        (START + dt.timedelta(hours=1), "THE CLOCK of this machine is 60 min 0 s behind NetSuite's"),
        (None, "bears no Date"),
    ],
)
def test_the_clock_is_compared(serve: Serve, client_of: ClientOf, date: dt.datetime | None, words: str) -> None:
    http = date.strftime("%a, %d %b %Y %H:%M:%S GMT") if date else ""
    stub = serve(scripted(Reply(401, LOGIN.body, date=http)))
    with pytest.raises(SignInRefusedError) as caught:
        ids(client_of(stub))
    message = str(caught.value)
    assert words in message
    for word in ("1234567_SB1", "revoked", "Log in using Access Tokens", "Login Audit Trail", "five failures"):
        assert word in message


def test_slow_and_never_ending_answers(serve: Serve, client_of: ClientOf) -> None:
    stub = serve(scripted(Reply(200, b"{", drip=0.02)))
    client = client_of(stub, Clock(sleep=lambda _: None), answer_timeout=0.1)
    began = real_time.monotonic()
    with pytest.raises(NoAnswerError, match=r"had not ended its answer after 0\.1 seconds \(6 times in a row\)"):
        ids(client)
    assert real_time.monotonic() - began < 5


def test_silence(serve: Serve, client_of: ClientOf) -> None:
    stub = serve(scripted(Reply(200, b"{", promised=100, drip=5)))
    client = client_of(stub, Clock(sleep=lambda _: None), read_timeout=0.05)
    with pytest.raises(NoAnswerError, match=r"sent nothing for 0\.05 seconds"):
        ids(client)


def test_compressed_answers(serve: Serve, client_of: ClientOf) -> None:
    stub = serve(scripted(Reply(200, gzip.compress(ONE.body), {"Content-Encoding": "gzip"})))
    assert ids(client_of(stub)) == [1]
    assert stub.asked[0].headers["accept-encoding"] == "gzip"


def test_a_connection_is_kept_and_used_again(serve: Serve, client_of: ClientOf) -> None:
    in_chunks = Reply(200, ONE.body, chunked=True)
    stub = serve(scripted(ONE, in_chunks, refused(400, "INVALID_PARAMETER"), ONE))
    client = client_of(stub)
    assert ids(client) + ids(client) == [1, 1]
    with pytest.raises(QueryRefusedError):
        ids(client)
    assert ids(client) == [1]
    assert len(set(stub.callers)) == 1


def test_a_connection_that_the_host_closes_is_made_anew(serve: Serve, client_of: ClientOf, time: Time) -> None:
    stub = serve(scripted(Reply(200, ONE.body, {"Connection": "close"}), ONE))
    client = client_of(stub)
    assert ids(client) + ids(client) == [1, 1]
    assert len(set(stub.callers)) == 2
    assert time.waits == []


def test_headers_that_never_end(serve: Serve, client_of: ClientOf) -> None:
    stub = serve(scripted(Reply(200, drip=0.02, drip_head=True)))
    client = client_of(stub, Clock(sleep=lambda _: None), answer_timeout=0.1)
    with pytest.raises(NoAnswerError, match=r"had not ended its answer after 0\.1 seconds"):
        ids(client)


def test_a_small_body_that_swells(serve: Serve, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auditor.sources.suiteql.transport.MAX_BODY", 1024 * 1024)
    bomb = gzip.compress(b" " * 50_000_000)
    stub = serve(scripted(Reply(200, bomb, {"Content-Encoding": "gzip"})))
    with pytest.raises(NoAnswerError, match="more than 1 MiB"):
        ids(client_of(stub))


def test_a_body_beyond_all_measure(serve: Serve, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auditor.sources.suiteql.transport.MAX_BODY", 1024 * 1024)
    stub = serve(scripted(Reply(200, b"x" * (1024 * 1024 + 1))))
    with pytest.raises(NoAnswerError, match="more than 1 MiB"):
        ids(client_of(stub))


def test_a_stop_ends_a_read_under_way(serve: Serve, client_of: ClientOf) -> None:
    stop = threading.Event()

    def answer(_: Asked) -> Reply:
        stop.set()
        return Reply(200, b"{", drip=0.01)

    with pytest.raises(StoppedError):
        ids(client_of(serve(answer), Clock(sleep=stop.wait), stop))


def test_nobody_listens(client_of: ClientOf, time: Time) -> None:
    with pytest.raises(NoAnswerError, match=r"127\.0\.0\.1:1 did not take the connection \(6 times in a row\)"):
        ids(client_of("http://127.0.0.1:1"))
    assert len(time.waits) == 5


def test_a_name_that_does_not_resolve(client_of: ClientOf, monkeypatch: pytest.MonkeyPatch) -> None:
    def lookup(*_: object, **__: object) -> None:
        raise __import__("socket").gaierror(-2, "Name or service not known")

    monkeypatch.setattr("socket.getaddrinfo", lookup)
    with pytest.raises(NoAnswerError, match=r"host name nowhere\.invalid does not resolve.*1234567_SB1.*DNS"):
        ids(client_of("https://nowhere.invalid"))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory):
    def made(name: str, *, days: int = 1) -> Path:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
        alternative = x509.IPAddress(ipaddress.ip_address(name)) if name[0].isdigit() else x509.DNSName(name)
        now = dt.datetime.now(dt.UTC)
        built = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=10))
            .not_valid_after(now + dt.timedelta(days=days))
            .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        path = tmp_path_factory.mktemp("tls") / "both.pem"
        path.write_bytes(
            built.public_bytes(Encoding.PEM) + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        return path

    return made


def tls(path: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def test_tls_with_an_authority_of_ones_own(serve: Serve, client_of: ClientOf, certificate: Any) -> None:
    path = certificate("127.0.0.1")
    stub = serve(scripted(ONE), tls=tls(path))
    client = client_of(stub, ca_file=str(path))
    assert ids(client) + ids(client) == [1, 1]
    assert len(set(stub.callers)) == 1


@pytest.mark.parametrize(
    ("name", "days", "trusted", "words"),
    [
        ("127.0.0.1", 1, False, "self-signed certificate"),
        ("127.0.0.1", -1, True, "certificate has expired"),
        ("other.example", 1, True, "IP address mismatch"),
    ],
)
def test_tls_that_cannot_be_trusted(
    serve: Serve, client_of: ClientOf, certificate: Any, time: Time, *, name: str, days: int, trusted: bool, words: str
) -> None:
    path = certificate(name, days=days)
    stub = serve(scripted(ONE), tls=tls(path))
    with pytest.raises(UnreachableError, match=words) as caught:
        ids(client_of(stub, ca_file=str(path) if trusted else ""))
    assert "ca_file" in caught.value.remedy
    assert time.waits == []
    assert stub.asked == []


def test_an_authority_file_that_is_none(client_of: ClientOf, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nonsense")
    for name in ("ca.pem", "none.pem"):
        with pytest.raises(UnreachableError, match=name):
            client_of("https://127.0.0.1:1", ca_file=str(tmp_path / name))


@pytest.mark.parametrize(
    "replies",
    [
        [ONE, LOGIN],
        [LOGIN],
        [Reply(200, b"<html>")],
        [Reply(400, b"x")],
        [refused(500, "UNEXPECTED_ERROR")],
        [Reply(200, b"{", promised=9)],
    ],
)
def test_no_secret_in_any_exception_or_log(
    serve: Serve, client_of: ClientOf, caplog: pytest.LogCaptureFixture, replies: list[Reply]
) -> None:
    caplog.set_level(logging.DEBUG, logger="")
    client = client_of(serve(scripted(*replies)))
    caught = ""
    for _ in range(2):
        try:
            ids(client)
        except SourceError as error:
            caught += "".join(traceback.format_exception(error)) + repr(error) + error.remedy
    assert caught
    records = "".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)
    for secret in SECRETS.values():
        assert secret not in caught + records + repr(vars(client))


def test_a_hostile_echo_of_the_authorization_is_not_shown(serve: Serve, client_of: ClientOf) -> None:
    def echo(asked: Asked) -> Reply:
        return refused(401, "INVALID_LOGIN", asked.headers["authorization"])

    with pytest.raises(SignInRefusedError) as caught:
        ids(client_of(serve(echo)))
    assert "canary" not in str(caught.value)


def test_what_was_sent_is_hidden_though_another_thread_has_forgotten_it(
    serve: Serve, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TokenSignIn, "authorization", lambda *_: "Bearer bearer-canary/1")
    monkeypatch.setattr(TokenSignIn, "secrets", lambda *_: ())
    reply = refused(400, "INVALID", "You sent bearer-canary/1 and said Authorization: Bearer bearer-canary/1.")
    # written as some servers write JSON, so that the secret is not there letter by letter
    stub = serve(scripted(Reply(400, reply.body.replace(b"/", b"\\/"))))
    with pytest.raises(QueryRefusedError) as caught:
        client_of(stub).ask(SQL, DECODE)
    assert "You sent *** and said Authorization: ***." in caught.value.message
