"""The server: several accounts and callers at once, TLS, bad HTTP, and that it leaves nothing behind."""

from __future__ import annotations

import gc
import socket
import ssl
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import urllib3

from auditor.errors import ConfigurationError
from auditor.simulator import Fault, SimulatedAccount, Simulator, WrongCertificate, clean_account, faulty_account
from tests.simulator.client import Caller, by_certificate, by_token

ROLES = "SELECT id FROM role ORDER BY id"


def test_each_account_is_at_a_port_of_its_own() -> None:
    clean, faulty = clean_account("7654321"), faulty_account("1234567")
    with Simulator([clean, faulty]) as simulator:
        assert simulator.account("1234567") is faulty
        assert simulator.base_url("7654321") != simulator.base_url("1234567")
        first, second = by_certificate(simulator, clean), by_token(simulator, faulty)
        assert first.ask("SELECT COUNT(*) AS n FROM oauthtoken").items == [{"n": "2"}]
        assert second.ask("SELECT COUNT(*) AS n FROM oauthtoken").items == [{"n": "6"}]
        stranger = Caller(simulator.base_url("1234567"), clean.credentials)
        assert stranger.ask_for_token().status == 401
        for caller in (first, second, stranger):
            caller.pool.clear()
    assert len(clean.requests) == 2
    assert clean.rows("subsidiary")[0]["name"] == "Brightwater Group"  # an account outlives its server


def test_a_connection_is_kept(caller: Caller) -> None:
    for _ in range(20):
        assert caller.ask(ROLES).status == 200
    (pool,) = (caller.pool.pools[key] for key in caller.pool.pools.keys())  # noqa: SIM118
    assert (pool.num_connections, pool.num_requests) == (1, 21)


def test_many_callers_at_once_get_whole_answers(account: SimulatedAccount, simulator: Simulator) -> None:
    account.concurrency_limit = 16
    callers = [by_certificate(simulator, account) for _ in range(8)]

    def work(caller: Caller) -> list[int]:
        found = []
        for _ in range(15):
            found.append(len(caller.ask("SELECT id, name FROM role ORDER BY id").items))
            found.append(len(caller.ask("SELECT id FROM useroauthtoken").items))
        caller.pool.clear()
        return found

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(work, callers))
    assert results == [[9, 1] * 15] * 8
    assert len(account.requests) == 8 * 31


def test_more_requests_at_once_than_the_account_allows_are_refused(
    account: SimulatedAccount, simulator: Simulator
) -> None:
    account.concurrency_limit = 2
    callers = [by_certificate(simulator, account) for _ in range(5)]
    for caller in callers:
        caller.sign_in()
    account.latency = 0.3
    barrier = threading.Barrier(5)

    def work(caller: Caller) -> int:
        barrier.wait()
        status = caller.ask(ROLES).status
        caller.pool.clear()
        return status

    with ThreadPoolExecutor(5) as pool:
        assert sorted(pool.map(work, callers)) == [200, 200, 429, 429, 429]
    assert account.peak_concurrency == 2
    account.forget_requests()
    account.latency = 0
    again = by_certificate(simulator, account)
    assert [again.ask(ROLES).status for _ in range(5)] == [200] * 5
    assert account.peak_concurrency == 1
    again.pool.clear()


@pytest.fixture
def secured(account: SimulatedAccount) -> Iterator[Simulator]:
    with Simulator([account], tls=True) as serving:
        yield serving


def trusting(simulator: Simulator, host: str = "127.0.0.1") -> Caller:
    context = ssl.create_default_context(cadata=simulator.ca_certificate.decode())
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    caller = by_certificate(simulator, simulator.accounts[0])
    caller.base_url = caller.base_url.replace("127.0.0.1", host)
    caller.pool = urllib3.PoolManager(retries=False, timeout=5, ssl_context=context)
    return caller


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_https(secured: Simulator, host: str) -> None:
    caller = trusting(secured, host)
    assert caller.base_url.startswith("https://")
    assert [len(caller.ask(ROLES).items) for _ in range(2)] == [9, 9]
    caller.pool.clear()


def test_a_caller_that_does_not_know_the_authority_does_not_trust_it(secured: Simulator) -> None:
    caller = by_certificate(secured, secured.accounts[0])
    with pytest.raises(urllib3.exceptions.SSLError, match=r"self-signed certificate|unable to get local issuer"):
        caller.ask_for_token()
    plain = Caller(caller.base_url.replace("https", "http"), caller.credentials)
    with pytest.raises(urllib3.exceptions.ProtocolError):
        plain.ask_for_token()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (WrongCertificate.OTHER_HOST, "IP address mismatch"),
        (WrongCertificate.UNTRUSTED, "self-signed|unable to get local issuer|signature failure"),
        (WrongCertificate.EXPIRED, "certificate has expired"),
    ],
)
def test_a_wrong_certificate_is_shown_while_the_fault_lasts(
    secured: Simulator, account: SimulatedAccount, wrong: WrongCertificate, message: str
) -> None:
    caller = trusting(secured)
    caller.sign_in()
    account.faults.append(Fault.wrong_certificate(wrong))
    with pytest.raises(urllib3.exceptions.SSLError, match=message):
        caller.ask(ROLES)  # on a new connection, as the one that was open is closed
    account.faults.clear()
    assert caller.ask(ROLES).status == 200
    caller.pool.clear()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"POST suiteql HTTP/1.1\r\n\r\n", 400),
        (b"POST / HTTP/3\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nno colon here\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\n" + b"".join(b"h%d: x\r\n" % n for n in range(200)) + b"\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
        (b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", 404),
    ],
)
def test_what_is_not_http_is_refused_and_the_connection_closed(simulator: Simulator, sent: bytes, status: int) -> None:
    port = int(simulator.base_url("1234567").rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=5) as sock:
        sock.sendall(sent)
        answer = b"".join(iter(lambda: sock.recv(65_536), b""))
    assert answer.startswith(b"HTTP/1.1 %d " % status)


def test_a_caller_that_hangs_up_is_no_error(simulator: Simulator, caller: Caller) -> None:
    port = int(simulator.base_url("1234567").rpartition(":")[2])
    for sent in (b"", b"POST /services", b"POST / HTTP/1.1\r\nContent-Length: 50\r\n\r\nhalf"):
        with socket.create_connection(("127.0.0.1", port), timeout=5) as sock:
            sock.sendall(sent)
    assert caller.ask(ROLES).status == 200


def test_a_port_that_is_taken_is_told(account: SimulatedAccount) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        before = threading.active_count()
        with (
            pytest.raises(ConfigurationError, match=rf"Port {port} of 127.0.0.1 cannot be used for account 1234567"),
            Simulator([account], port=port),
        ):
            pass
        assert threading.active_count() == before


def test_ports_end_at_65535(account: SimulatedAccount) -> None:
    with (
        pytest.raises(ConfigurationError, match="not enough ports from 65535 on for 2 accounts"),
        Simulator([account, clean_account()], port=65_535),
    ):
        pass


def test_ports_follow_the_first(account: SimulatedAccount) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with Simulator([account], port=port) as simulator:
        assert simulator.base_url("1234567") == f"http://127.0.0.1:{port}"
    with Simulator([account], port=port) as simulator:  # and is free again at once
        assert simulator.base_url("1234567") == f"http://127.0.0.1:{port}"


def leftovers() -> tuple[int, int, set[str]]:
    descriptors = len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").exists() else 0
    return threading.active_count(), descriptors, {path.name for path in Path(tempfile.gettempdir()).glob("auditor-*")}


@pytest.mark.parametrize("tls", [False, True])
def test_it_stops_at_once_and_leaves_nothing_behind(tls: bool, capfd: pytest.CaptureFixture[str]) -> None:
    gc.collect()
    before = leftovers()
    account = faulty_account("1234567")
    account.faults.append(Fault.slow(30, times=1, after=1))
    account.faults.append(Fault.endless(times=1, after=1))
    with Simulator([account, clean_account("7654321")], tls=tls) as simulator:
        callers = [trusting(simulator) if tls else by_certificate(simulator, account) for _ in range(3)]
        for caller in callers:
            caller.sign_in()
        assert callers[0].ask(ROLES).status == 200
        with ThreadPoolExecutor(2) as pool:
            waiting = [pool.submit(caller.ask, ROLES) for caller in callers[1:]]
            deadline = time.monotonic() + 5
            while len(account.requests) < 6 and time.monotonic() < deadline:
                time.sleep(0.01)
            port = int(simulator.base_url("7654321").rpartition(":")[2])
            with socket.create_connection(("127.0.0.1", port)):
                begun = time.monotonic()
                simulator.__exit__(None, None, None)
                assert time.monotonic() - begun < 2
            for answer in waiting:
                assert isinstance(answer.exception(), urllib3.exceptions.HTTPError)
        for caller in callers:
            caller.pool.clear()
        simulator.__exit__(None, None, None)  # a second time does no harm
    gc.collect()
    assert leftovers() == before
    assert capfd.readouterr() == ("", "")
