"""The source against simulated accounts: every sign-in, paging and fault over real HTTP."""

from __future__ import annotations

import gc
import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from auditor.config import load_config
from auditor.errors import SourceError
from auditor.model import Caller, Level, Reference, State, Table
from auditor.simulator import (
    Endpoint,
    Fault,
    Malformed,
    SimulatedAccount,
    Simulator,
    WrongCertificate,
    clean_account,
    faulty_account,
    large_account,
)
from auditor.simulator.configuration import configuration_files
from auditor.sources.suiteql import SuiteqlSource
from auditor.sources.suiteql.transport import Answer, Transport
from tests.sources.suiteql.bench import ALL_COLLECTED, TAKEN, Bench, compared, states

PROVABLE = {Table.ROLES, Table.ROLE_PERMISSIONS, Table.ACCESS_TOKENS, Table.USERS, Table.ROLE_ASSIGNMENTS}
"""Tables in which something of the caller itself must be found."""


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    with ExitStack() as stack:
        yield Bench(stack, monkeypatch)


@pytest.mark.parametrize("auth", ["oauth2", "tba"])
@pytest.mark.parametrize("make", [clean_account, faulty_account])
def test_all_of_an_account(bench: Bench, make: Callable[[], SimulatedAccount], auth: str) -> None:
    account = bench.serve(make())
    snapshot = bench.collect(auth)
    assert states(snapshot) == ALL_COLLECTED
    compared(snapshot, account)
    for coverage in snapshot.coverage:
        assert coverage.columns_dropped == ()
        if coverage.table is not Table.SUBSIDIARY_MAPS:
            assert coverage.rows == coverage.counted_before == coverage.counted_after
        assert all(canary.found for canary in coverage.canaries)
        assert bool(coverage.canaries) == (coverage.table in PROVABLE)
    assert [request.refusal for request in account.requests if request.refusal] == []


def test_who_is_asking_without_being_told(bench: Bench) -> None:
    """With TBA the caller's own token tells user and role; with OAuth 2.0 the role may be another than the token's."""
    bench.serve(clean_account())
    for auth, unchecked in (("tba", set()), ("oauth2", {Table.ROLES, Table.ROLE_PERMISSIONS, Table.ROLE_ASSIGNMENTS})):
        snapshot = bench.collect(auth, own_role="", own_user="")
        assert states(snapshot) == ALL_COLLECTED
        assert {table for table in PROVABLE if not snapshot.covered(table).canaries} == unchecked
        for table in unchecked:
            assert "write own_role and own_user into the configuration" in snapshot.covered(table).detail
        auditor = Reference(id="1050", name="NetSuite Auditor") if auth == "tba" else Reference()
        assert snapshot.caller == Caller(role=auditor, user=Reference(id="20", name="Nightly Audit"))


def test_who_is_asking_is_kept_as_it_was_named(bench: Bench) -> None:
    bench.serve(clean_account())
    for named, kept in (("customrole_netsuite_auditor", "1050"), ("NetSuite  auditor", "1050"), ("1050", "1050")):
        caller = bench.collect("oauth2", own_role=named).caller
        assert caller is not None
        assert caller.role.id == kept
    caller = bench.collect("oauth2", own_role="Nobody", own_user="77").caller
    assert caller == Caller(role=Reference(name="Nobody"), user=Reference(id="77"))


@pytest.mark.parametrize("token_based", [False, True])
def test_the_configuration_that_the_simulator_writes(tmp_path: Path, token_based: bool) -> None:
    with Simulator([clean_account(), faulty_account()], tls=True) as simulator:
        for name, content in configuration_files(simulator, token_based=token_based).items():
            (tmp_path / name).write_bytes(content)
            (tmp_path / name).chmod(0o600)
        accounts = load_config(tmp_path / "accounts.toml").accounts
        assert [account.id for account in accounts] == ["7654321", "1234567"]
        for account in accounts:
            snapshot = SuiteqlSource(account).collect(TAKEN)
            assert states(snapshot) == ALL_COLLECTED
            compared(snapshot, simulator.account(account.id))


@pytest.mark.parametrize("auth", ["oauth2", "tba"])
def test_nothing_but_post_of_selects_and_for_tokens(bench: Bench, auth: str) -> None:
    account = bench.serve(faulty_account())
    account.faults.append(Fault.server_error(2))
    account.faults.append(Fault.unauthorized(1, after=9))
    bench.collect(auth)
    assert {request.method for request in account.requests} == {"POST"}
    queries = [request for request in account.requests if request.path == "/services/rest/query/v1/suiteql"]
    others = [request for request in account.requests if request not in queries]
    assert {request.path for request in others} <= {"/services/rest/auth/oauth2/v1/token"}
    assert len(queries) > 20
    for request in queries:
        assert request.sql.startswith("SELECT ")
        assert ";" not in request.sql
        assert request.params == ()
        assert request.headers["prefer"] == "transient"


def test_the_access_token_is_bought_once(bench: Bench) -> None:
    account = bench.serve(clean_account())
    bench.collect()
    assert [request.path.endswith("/token") for request in account.requests].count(True) == 1


@pytest.mark.parametrize("auth", ["oauth2", "tba"])
def test_a_large_sandbox(bench: Bench, auth: str) -> None:
    account = bench.serve(large_account(roles=40, permissions=150, tokens=60, employees=2300, classes=50))
    snapshot = bench.collect(auth)
    assert states(snapshot) == ALL_COLLECTED
    compared(snapshot, account)
    assert snapshot.covered(Table.USERS).pages == 3
    assert account.peak_concurrency == 1


def test_beyond_a_hundred_thousand_rows(bench: Bench) -> None:
    account = bench.serve(clean_account())
    before = len(account.rows("rolepermissions"))
    account.insert(
        "rolepermissions",
        *({"role": 5000 + n // 900, "permkey": f"P{n % 900:03}", "permlevel": 1} for n in range(101_700)),
    )
    account.insert("role", *({"id": 5000 + n, "name": f"R{n}", "isinactive": "F"} for n in range(113)))
    snapshot = bench.collect()
    coverage = snapshot.covered(Table.ROLE_PERMISSIONS)
    assert coverage.state is State.COLLECTED
    assert coverage.rows == len(set(snapshot.permissions)) == 101_700 + before


def test_concurrency_is_asked_for_and_bounded(bench: Bench) -> None:
    account = bench.serve(clean_account())
    account.latency = 0.02
    snapshot = bench.collect(concurrency=3)
    assert states(snapshot) == ALL_COLLECTED
    assert account.peak_concurrency == 3


@pytest.mark.parametrize(
    ("permission", "gone"),
    [
        ("ADMI_MANAGEROLES", {Table.ROLES, Table.ROLE_PERMISSIONS, Table.ROLE_RESTRICTIONS}),
        ("ADMI_MANAGE_OAUTH_TOKENS", {Table.ACCESS_TOKENS}),
        ("LIST_EMPLOYEE_RECORD", {Table.USERS}),
        ("LIST_COMPANY_FEATURE_SETUP", {Table.FEATURES}),
        ("LIST_EMPLOYEE", {Table.GLOBAL_PERMISSIONS}),
        ("LIST_CLASS", {Table.CLASSES}),
        ("LIST_DEPARTMENT", {Table.DEPARTMENTS}),
        ("LIST_LOCATION", {Table.LOCATIONS}),
        ("LIST_SUBSIDIARY", {Table.SUBSIDIARIES}),
        ("LIST_JOB", {Table.PROJECTS}),
        ("ADMI_AUDITLOGIN", {Table.LOGINS}),
    ],
)
def test_what_the_auditors_role_may_not_see(bench: Bench, permission: str, gone: set[Table]) -> None:
    account = bench.serve(faulty_account())
    account.set_level(account.credentials.role, permission, Level.NONE)
    snapshot = bench.collect()
    assert {table for table, state in states(snapshot).items() if state is State.NOT_AVAILABLE} == gone
    for table in gone:
        assert f"({permission})" in snapshot.covered(table).detail or permission in snapshot.covered(table).detail


def test_who_holds_what_without_its_table(bench: Bench) -> None:
    account = bench.serve(faulty_account())
    whole = bench.collect()
    account.set_level(account.credentials.role, "LIST_EMPLOYEE", Level.NONE)
    snapshot = bench.collect()
    assert snapshot.covered(Table.ROLE_ASSIGNMENTS).state is State.COLLECTED
    assert "column rolesforsearch" in snapshot.covered(Table.ROLE_ASSIGNMENTS).detail
    assert snapshot.assignments == whole.assignments


def test_a_role_that_may_not_use_rest(bench: Bench) -> None:
    account = bench.serve(clean_account())
    account.set_level(account.credentials.role, "ADMI_RESTWEBSERVICES", Level.NONE)
    message = bench.failure()
    assert "Not one table could be read" in message
    assert "REST Web Services" in message


PASSING = {
    "429": lambda: Fault.too_many_requests(times=3),
    "429 Retry-After": lambda: Fault.too_many_requests(times=2, retry_after=7),
    "429 for a minute": lambda: Fault.too_many_requests(seconds=60, after=5),
    "429 at the token endpoint": lambda: Fault.too_many_requests(times=2, endpoint=Endpoint.TOKEN),
    "500": lambda: Fault.server_error(times=5, after=3),
    "500 at the token endpoint": lambda: Fault.server_error(times=2, endpoint=Endpoint.TOKEN),
    "401 after good answers": lambda: Fault.unauthorized(times=1, after=5),
    "403 once": lambda: Fault.forbidden(times=1, table="rolepermissions"),
    "cut body": lambda: Fault.cut_body(times=2, after=2),
    "slow": lambda: Fault.slow(0.01, chunks=3, times=2),
    "endless": lambda: Fault.endless(times=1, after=4),
    "row lost once": lambda: Fault.rows_lost(times=1, table="oauthtoken"),
    "empty page": lambda: Fault.empty_pages(times=2, table="employee"),
    "without total": Fault.without_total,
    "row appears": lambda: Fault.row_appears("rolepermissions"),
    "row disappears": lambda: Fault.row_disappears("employee"),
    **{f"malformed {shape.value}": lambda shape=shape: Fault.malformed(shape, times=2, after=6) for shape in Malformed},
    "malformed token": lambda: Fault.malformed(times=1, endpoint=Endpoint.TOKEN),
}


@pytest.mark.parametrize("name", PASSING)
def test_faults_that_pass(bench: Bench, name: str) -> None:
    account = bench.serve(large_account(roles=25, permissions=100, tokens=20, employees=60, classes=50))
    fault = PASSING[name]()
    account.faults.append(fault)
    snapshot = bench.collect(answer_timeout=0.5)
    assert fault.struck
    account.faults.clear()
    assert states(snapshot) == ALL_COLLECTED
    compared(snapshot, account)


STAYING = {
    "403": (lambda: Fault.forbidden(table="rolepermissions"), State.NOT_PERMITTED, "may not ask this (403"),
    "500": (lambda: Fault.server_error(table="rolepermissions"), State.FAILED, "6 times in a row"),
    "malformed": (lambda: Fault.malformed(table="rolepermissions"), State.FAILED, "not with a number"),
    "cut body": (lambda: Fault.cut_body(table="rolepermissions"), State.FAILED, "broke off"),
    "vanished": (lambda: Fault.table_vanishes("rolepermissions"), State.NOT_AVAILABLE, "no table rolepermissions"),
    "vanishes amid": (lambda: Fault.table_vanishes("rolepermissions", after=2), State.PARTIAL, "broke off after 1"),
    "rows lost": (lambda: Fault.rows_lost(table="rolepermissions"), State.PARTIAL, "counted before"),
    "rows repeated": (lambda: Fault.rows_repeated(table="rolepermissions"), State.PARTIAL, "came twice"),
    "empty pages": (lambda: Fault.empty_pages(table="rolepermissions"), State.FAILED, "says that there are more"),
    "keeps changing": (
        lambda: Fault.row_appears("rolepermissions", times=None),
        State.PARTIAL,
        "changed while it was read",
    ),
    "a column": (lambda: Fault.column_dropped("rolepermissions", "permlevel"), State.PARTIAL, "permlevel"),
    "its key": (lambda: Fault.column_dropped("rolepermissions", "permkey"), State.NOT_AVAILABLE, "permkey"),
}


@pytest.mark.parametrize("name", STAYING)
def test_faults_that_stay_are_one_tables(bench: Bench, name: str) -> None:
    make, state, words = STAYING[name]
    account = bench.serve(large_account(roles=25, permissions=100, tokens=20, employees=50, classes=50))
    fault = make()
    account.faults.append(fault)
    snapshot = bench.collect()
    assert fault.struck or name.startswith(("a column", "its key"))
    assert {table: found for table, found in states(snapshot).items() if found is not State.COLLECTED} == {
        Table.ROLE_PERMISSIONS: state
    }
    assert words in snapshot.covered(Table.ROLE_PERMISSIONS).detail


def test_an_optional_column_that_is_not_known(bench: Bench) -> None:
    account = bench.serve(clean_account())
    account.faults.append(Fault.column_dropped("role", "employeerestriction"))
    snapshot = bench.collect()
    assert states(snapshot) == ALL_COLLECTED
    assert snapshot.covered(Table.ROLES).columns_dropped == ("employeerestriction",)


ENDING = {
    "sign-in refused": (Fault.sign_in_refused, ["refused the sign-in to account 7654321", "Audit Trail"]),
    "certificate expired": (Fault.expired_certificate, ["refused the sign-in", "certificate: not expired"]),
    "clock ahead": (lambda: Fault.clock_skew(-900), ["THE CLOCK of this machine is 15 min", "ahead of"]),
    "clock behind": (lambda: Fault.clock_skew(4000), ["THE CLOCK of this machine is 66 min", "behind"]),
    "connection refused": (Fault.connection_refused, ["did not take the connection (6 times in a row)"]),
    "500": (Fault.server_error, ["error of its own (500 UNEXPECTED_ERROR", "6 times in a row"]),
    "429": (Fault.too_many_requests, ["too many requests at once (429", "11 times in a row"]),
    "malformed": (lambda: Fault.malformed(Malformed.HTML), ["answered 200", "4 times in a row"]),
    "endless": (Fault.endless, ["had not ended its answer after 0.3 seconds"]),
    "silent": (lambda: Fault.slow(0.5), ["sent nothing for 0.1 seconds"]),
}


@pytest.mark.parametrize("auth", ["oauth2", "tba"])
@pytest.mark.parametrize("name", ENDING)
def test_faults_that_end_the_account(bench: Bench, name: str, auth: str) -> None:
    make, words = ENDING[name]
    if auth == "tba" and name == "certificate expired":
        pytest.skip("there is no certificate")
    account = bench.serve(clean_account())
    account.concurrency_limit = 50  # a slow answer holds its place after its caller has gone
    account.faults.append(make())
    message = bench.failure(auth, answer_timeout=0.3, read_timeout=0.1)
    for word in words:
        assert word in message
    refusals = [request for request in account.requests if request.status in (400, 401)]
    assert len(refusals) <= 1


def test_a_401_that_stays_after_good_answers(bench: Bench) -> None:
    account = bench.serve(clean_account())
    account.faults.append(Fault.unauthorized(after=7))
    snapshot = bench.collect("tba")
    assert states(snapshot)[Table.ROLES] is State.COLLECTED
    assert states(snapshot)[Table.FEATURES] is State.FAILED
    assert [request.status for request in account.requests].count(401) == 2


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # the server's half of a broken handshake
@pytest.mark.parametrize("which", list(WrongCertificate))
def test_a_certificate_that_must_not_be_trusted(bench: Bench, tmp_path: Path, which: WrongCertificate) -> None:
    account = bench.serve(clean_account(), tls=True)
    ca_file = tmp_path / "ca.pem"
    ca_file.write_bytes(bench.simulator.ca_certificate)
    assert states(bench.collect(ca_file=str(ca_file))) == ALL_COLLECTED
    account.forget_requests()
    account.faults.append(Fault.wrong_certificate(which))
    message = bench.failure(ca_file=str(ca_file))
    assert "TLS connection to 127.0.0.1" in message
    assert account.requests == ()
    assert bench.waits == []
    bench.close()
    gc.collect()


def test_keys_and_realms_that_are_not_ours(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    account = bench.serve(clean_account())
    other = ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    source = bench.source()
    monkeypatch.setenv("SIM_KEY", other.decode())
    with pytest.raises(SourceError, match="refused the sign-in"):
        source.collect(TAKEN)
    assert "a sandbox is written 1234567_SB1" in bench.failure("tba", id="7654321_SB1")
    assert [request.status for request in account.requests] == [401, 401]


@pytest.mark.parametrize("auth", ["oauth2", "tba"])
def test_no_secret_in_what_is_said_logged_or_kept(bench: Bench, auth: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="")
    account = bench.serve(faulty_account())
    bearers: list[str] = []
    post = Transport.post

    def listening(self: Transport, path: str, query: str, headers: dict[str, str], body: bytes) -> Answer:
        bearers.append(headers.get("Authorization", ""))
        return post(self, path, query, headers, body)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Transport, "post", listening)
        said = repr(bench.collect(auth))
        account.faults.append(Fault.unauthorized())
        with pytest.raises(SourceError) as caught:
            bench.collect(auth)
    said += "".join(traceback.format_exception(caught.value)) + caplog.text
    said += "".join(str(vars(record)) for record in caplog.records)
    credentials = account.credentials
    token = credentials.token
    secrets = [token.consumer_key, token.consumer_secret, token.token_id, token.token_secret]
    secrets += credentials.private_key_pem.decode().splitlines()[1:-1]
    secrets += [header.removeprefix("Bearer ") for header in bearers if header.startswith("Bearer ")]
    assert len(secrets) > 4
    for secret in secrets:
        assert secret not in said
