"""Each outcome of the probe, over real HTTP, and what leaves the client while it finds out."""

from __future__ import annotations

import logging
import pickle
import re
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler

import msgspec
import pytest

from auditor.errors import ProbeError
from auditor.model import Baseline, Level, Option, ProbeOutcome, ProbeRow, Requirement
from auditor.probe import QUERIES, Operation, SignInRefusedError, probe
from auditor.probe.client import SMALLEST_PAGE
from auditor.probe.wsdl import WsdlLibrary
from auditor.simulator.soap import SoapFault
from tests.probe.serving import CREDENTIALS, SECRETS, TOKEN, Account, Server, served

ALLOWED, REFUSED, EMPTY, FAILED = ProbeOutcome


def run(server: Server, library: WsdlLibrary, **connection: object) -> dict[str, ProbeRow]:
    """The probe's rows by record; the waits that it asks for are not waited for."""
    rows = probe(server.connection(**connection), library, sleep=lambda _: None, chance=lambda: 1.0)
    assert [row.record for row in rows] == sorted(query.record for query in QUERIES)
    return {row.record: row for row in rows}


def outcomes(rows: dict[str, ProbeRow]) -> dict[str, ProbeOutcome]:
    """The outcomes that are not "allowed"."""
    return {record: row.outcome for record, row in rows.items() if row.outcome is not ALLOWED}


def refusal(permission: str) -> str:
    return (
        f"Permission Violation: You need  the '{permission}' permission to access this page. "
        "Please contact your account administrator."
    )


def test_a_role_that_may_read_all_is_allowed_all(server: Server, library: WsdlLibrary) -> None:
    rows = run(server, library)
    assert rows["Classification"] == ProbeRow(
        record="Classification", outcome=ALLOWED, permission="LIST_CLASS", count=2
    )
    assert outcomes(rows) == {}
    assert {row.count for row in rows.values()} == {2}
    assert {row.permission for row in rows.values()} == {query.permission for query in QUERIES}


def test_a_refusal_is_told_in_netsuites_words_with_the_permission_and_the_codes(
    server: Server, library: WsdlLibrary
) -> None:
    server.account.role.levels |= {"LIST_CLASS": Level.NONE, "LIST_JOB": Level.NONE, "ADMI_DELETEDRECORD": Level.VIEW}
    baseline = _baseline({"LIST_CLASS": ("NS0384",), "LIST_VENDOR": ("NS0377", "NS0844"), "LIST_JOB": ()})
    rows = {row.record: row for row in probe(server.connection(), library, [baseline])}
    assert outcomes(rows) == {"Classification": REFUSED, "Job": REFUSED, "DeletedRecord": REFUSED}
    assert rows["Classification"] == ProbeRow(
        record="Classification",
        outcome=REFUSED,
        detail=refusal("Lists -> Classes"),
        permission="LIST_CLASS",
        codes=("NS0384",),
    )
    assert (rows["Job"].permission, rows["Job"].codes) == ("LIST_JOB", ())
    assert rows["DeletedRecord"].detail == refusal("Setup -> Deleted Records")
    assert rows["Vendor"].codes == ()


def test_the_codes_of_several_baselines_are_joined(server: Server, library: WsdlLibrary) -> None:
    server.account.role.levels["LIST_VENDOR"] = Level.NONE
    baselines = [_baseline({"LIST_VENDOR": ("NS0844", "NS0384")}), _baseline({"LIST_VENDOR": ("NS0377", "NS0384")})]
    rows = {row.record: row for row in probe(server.connection(), library, baselines)}
    assert rows["Vendor"].codes == ("NS0377", "NS0384", "NS0844")


def test_no_rows_may_be_a_refusal(server: Server, library: WsdlLibrary) -> None:
    server.account.lasting |= dict.fromkeys(
        ("Item", "Currency", "CustomRecordType", "DeletedRecord"), SoapFault.NO_ROWS
    )
    rows = run(server, library)
    assert outcomes(rows) == {"Item": EMPTY, "Currency": EMPTY, "CustomRecordType": EMPTY, "DeletedRecord": EMPTY}
    assert rows["Item"].count == 0
    assert "may not see any" in rows["Item"].detail


def test_rows_are_counted_without_reading_them_all(server: Server, library: WsdlLibrary) -> None:
    server.account.records["Employee"] = [server.account.soap_records("Employee")[0]] * 1234
    assert run(server, library)["Employee"].count == 1234
    assert len(server.account.asked) == len(QUERIES)


def test_only_reading_operations_leave_the_client_each_once(server: Server, library: WsdlLibrary) -> None:
    bodies: list[bytes] = []
    server.answer = lambda _, __, body: bodies.append(body) or False
    run(server, library)
    assert sorted(server.account.asked) == sorted((query.operation.value, query.record) for query in QUERIES)
    sent = [re.search(rb"Body>\s*<(?:\w+:)?(\w+)", body) for body in bodies]
    assert {found[1].decode() for found in sent if found} == {each.value for each in Operation}
    assert {each.value for each in Operation} == {"search", "getAll", "getCustomizationId", "getDeleted"}
    assert {path for method, path in server.paths if method == "POST"} == {"/services/NetSuitePort_2024_1"}
    assert {method for method, _ in server.paths} == {"POST"}
    page = f"pageSize>{SMALLEST_PAGE}<".encode()
    assert all((page in body) == (b"search" in body.partition(b"Body>")[2][:40]) for body in bodies)


# What may go wrong with one request


@pytest.mark.parametrize("fault", [SoapFault.TOO_MANY_REQUESTS, SoapFault.UNEXPECTED_ERROR, SoapFault.UNAVAILABLE])
def test_a_busy_netsuite_is_asked_again_after_growing_waits(
    server: Server, library: WsdlLibrary, fault: SoapFault
) -> None:
    server.account.faults.extend([fault] * 4)
    waits: list[float] = []
    rows = probe(server.connection(), library, sleep=waits.append, chance=lambda: 0.5)
    assert waits == [1.0, 2.0, 4.0, 8.0]
    assert {row.outcome for row in rows} == {ALLOWED}
    assert len(server.account.asked) == len(QUERIES) + 4


def test_a_netsuite_that_stays_busy_is_given_up_after_five_attempts(server: Server, library: WsdlLibrary) -> None:
    server.account.lasting["Customer"] = SoapFault.TOO_MANY_REQUESTS
    rows = run(server, library)
    assert outcomes(rows) == {"Customer": FAILED}
    assert rows["Customer"].detail == (
        "SuiteTalk concurrent request limit exceeded. Request blocked (5 times in a row)."
    )
    assert server.account.asked.count(("search", "Customer")) == 5


@pytest.mark.parametrize(("sent", "waited"), [("7", 7.0), ("600", 60.0), ("Wed, 21 Oct 2026 07:28:00 GMT", 2.0)])
def test_the_wait_that_a_server_asks_for_is_kept_up_to_a_minute(
    server: Server, library: WsdlLibrary, sent: str, waited: float
) -> None:
    def too_many(server: Server, handler: BaseHTTPRequestHandler, body: bytes) -> bool:
        server.answer = None
        handler.send(429, {"Retry-After": sent, "Content-Type": "text/xml"}, b"")
        return True

    server.answer = too_many
    waits: list[float] = []
    rows = probe(server.connection(), library, sleep=waits.append, chance=lambda: 1.0)
    assert waits == [waited]
    assert {row.outcome for row in rows} == {ALLOWED}


def test_a_connection_that_breaks_off_is_tried_again(server: Server, library: WsdlLibrary) -> None:
    def cut(server: Server, handler: BaseHTTPRequestHandler, body: bytes) -> bool:
        server.answer = None
        handler.send_response(200)
        handler.send_header("Content-Type", "text/xml")
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"<half")
        handler.close_connection = True
        return True

    server.answer = cut
    assert outcomes(run(server, library)) == {}


@pytest.mark.parametrize(
    ("fault", "detail"),
    [
        (SoapFault.NOT_SOAP, "127.0.0.1:{port} answered 200 with text/html in place of SOAP."),
        (SoapFault.ENTITIES, "NetSuite's answer is not what its WSDL says (DTDForbidden)."),
    ],
)
def test_an_answer_that_is_none_fails_its_own_row_alone(
    server: Server, library: WsdlLibrary, fault: SoapFault, detail: str
) -> None:
    server.account.lasting["Vendor"] = fault
    rows = run(server, library)
    assert outcomes(rows) == {"Vendor": FAILED}
    assert rows["Vendor"].detail == detail.format(port=server.base_url.rpartition(":")[2])
    assert server.account.asked.count(("search", "Vendor")) == 1


ENVELOPE = '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/">{}</e:Envelope>'
MESSAGES = "urn:messages_2024_1.platform.webservices.netsuite.com"
CORE = "urn:core_2024_1.platform.webservices.netsuite.com"
RESULT = (
    f'<e:Body><searchResponse xmlns="{MESSAGES}"><searchResult xmlns="{CORE}">{{}}</searchResult></searchResponse>'
    "</e:Body>"
)


@pytest.mark.parametrize("status", [200, 403, 500])
@pytest.mark.parametrize(
    "content",
    [
        "<a/>",
        "not XML",
        "",
        ENVELOPE.format(""),
        ENVELOPE.format("<e:Body/>"),
        ENVELOPE.format("<e:Body><x/></e:Body>"),
        ENVELOPE.format(f'<e:Body><searchResponse xmlns="{MESSAGES}"/></e:Body>'),
        ENVELOPE.format(RESULT.format("")),
        ENVELOPE.format(RESULT.format("<unknown/>")),
        ENVELOPE.format(RESULT.format('<status isSuccess="false"/>')),
        ENVELOPE.format(RESULT.format('<status isSuccess="perhaps"/>')),
        ENVELOPE.format("<e:Body><e:Fault/></e:Body>"),
        ENVELOPE.format("<e:Body><e:Fault><faultcode>f</faultcode><faultstring>no</faultstring></e:Fault></e:Body>"),
    ],
)
def test_no_malformed_answer_is_taken_for_anything(
    server: Server, library: WsdlLibrary, content: str, status: int
) -> None:
    def malformed(server: Server, handler: BaseHTTPRequestHandler, body: bytes) -> bool:
        if b"VendorSearch" not in body:
            return False
        handler.send(status, {"Content-Type": "text/xml"}, content.encode())
        return True

    server.answer = malformed
    rows = run(server, library)
    assert outcomes(rows) == {"Vendor": FAILED}
    assert rows["Vendor"].detail
    assert rows["Vendor"].count is None


def test_another_error_of_netsuites_keeps_its_code_and_words(server: Server, library: WsdlLibrary) -> None:
    status = (
        '<status isSuccess="false"><statusDetail type="ERROR"><code>RCRD_DSNT_EXIST</code>'
        "<message>That record does not exist.</message></statusDetail></status>"
    )

    def other(server: Server, handler: BaseHTTPRequestHandler, body: bytes) -> bool:
        if b"JobSearch" not in body:
            return False
        handler.send(200, {"Content-Type": "text/xml"}, ENVELOPE.format(RESULT.format(status)).encode())
        return True

    server.answer = other
    rows = run(server, library)
    assert outcomes(rows) == {"Job": FAILED}
    assert rows["Job"].detail == "RCRD_DSNT_EXIST: That record does not exist."


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("INSUFFICIENT_PERMISSION", "You may not do this."),
        ("USER_ERROR", "Permission Violation: You need a higher level of the 'Lists -> Projects' permission."),
        ("INSUFFICIENT_PERMISSION", ""),
    ],
)
def test_a_refusal_is_known_by_its_code_or_its_words(
    server: Server, library: WsdlLibrary, code: str, words: str
) -> None:
    detail = f"<code>{code}</code><message>{words.replace('>', '&gt;')}</message>"
    status = f'<status isSuccess="false"><statusDetail type="ERROR">{detail}</statusDetail></status>'

    def refused(server: Server, handler: BaseHTTPRequestHandler, body: bytes) -> bool:
        if b"JobSearch" not in body:
            return False
        handler.send(200, {"Content-Type": "text/xml"}, ENVELOPE.format(RESULT.format(status)).encode())
        return True

    server.answer = refused
    rows = run(server, library)
    assert outcomes(rows) == {"Job": REFUSED}
    assert (rows["Job"].detail, rows["Job"].permission) == (words or code, "LIST_JOB")


@pytest.mark.parametrize(
    ("words", "permission"),
    [
        (refusal("Lists -> Customers"), "LIST_CUSTJOB"),
        ("Permission Violation: You need a higher level of the 'Setup -> Custom Segments' permission", None),
        ("You do not have it.", "LIST_JOB"),
    ],
)
def test_a_fault_over_a_permission_or_a_feature_is_a_refusal(
    server: Server, library: WsdlLibrary, words: str, permission: str | None
) -> None:
    faults = "urn:faults_2024_1.platform.webservices.netsuite.com"
    content = (
        f"<e:Body><e:Fault><faultcode>f</faultcode><faultstring>{words.replace('>', '&gt;')}</faultstring><detail>"
        f'<f:insufficientPermissionFault xmlns:f="{faults}"/></detail></e:Fault></e:Body>'
    )

    def refused(server: Server, handler: BaseHTTPRequestHandler, body: bytes) -> bool:
        if b"JobSearch" not in body:
            return False
        handler.send(500, {"Content-Type": "text/xml"}, ENVELOPE.format(content).encode())
        return True

    server.answer = refused
    rows = run(server, library)
    assert outcomes(rows) == {"Job": REFUSED}
    assert rows["Job"].detail == words
    assert rows["Job"].permission == permission or permission is None


# Sign-in and line


@pytest.mark.parametrize(
    "spoil",
    [
        lambda account: account.faults.append(SoapFault.SIGN_IN_REFUSED),
        lambda account: setattr(account, "now", lambda: time.time() - 1000),
        lambda account: account.role.levels.update(ADMI_WEBSERVICES=Level.VIEW),
    ],
)
def test_a_bad_login_is_never_tried_again(library: WsdlLibrary, spoil: object) -> None:
    account = Account()
    spoil(account)  # type: ignore[operator]
    with served(account) as server, pytest.raises(SignInRefusedError) as caught:
        run(server, library)
    assert len(account.asked) == 1
    assert caught.value.exit_code == 3
    assert "1234567_SB1" in caught.value.message
    assert "Login Audit Trail" in caught.value.remedy


def test_a_login_that_is_refused_midway_ends_the_questions_and_loses_no_answer(
    server: Server, library: WsdlLibrary
) -> None:
    server.account.faults.extend([None, None, SoapFault.SIGN_IN_REFUSED])
    rows = run(server, library)
    assert len(server.account.asked) == 3
    assert {rows["Account"].outcome, rows["Classification"].outcome} == {ALLOWED}
    unasked = [row for row in rows.values() if row.outcome is FAILED]
    assert len(unasked) == len(QUERIES) - 2
    assert all(row.detail.startswith("Not asked. NetSuite does not let") for row in unasked)
    assert "Invalid login attempt." in unasked[0].detail


def test_a_host_that_takes_no_connection(server: Server, library: WsdlLibrary) -> None:
    server.stop()
    began = time.monotonic()
    with pytest.raises(ProbeError, match="could not be reached") as caught:
        run(server, library)
    assert caught.value.exit_code == 3
    assert time.monotonic() - began < 5


def test_a_silent_answer_ends_with_the_read_time_out(server: Server, library: WsdlLibrary) -> None:
    release = threading.Event()

    def silent(server: Server, handler: BaseHTTPRequestHandler, body: bytes) -> bool:
        if b"ItemSearch" not in body:
            return False
        release.wait(10)
        handler.close_connection = True
        return True

    server.answer = silent
    rows = run(server, library, read_timeout=0.3)
    release.set()
    assert outcomes(rows) == {"Item": FAILED}
    assert "sent nothing for 0.3 seconds" in rows["Item"].detail


def test_an_answer_that_never_ends_is_cut_off(server: Server, library: WsdlLibrary) -> None:
    def drip(server: Server, handler: BaseHTTPRequestHandler, body: bytes) -> bool:
        if b"ItemSearch" not in body:
            return False
        handler.send_response(200)
        handler.send_header("Content-Type", "text/xml")
        handler.send_header("Content-Length", "1000000")
        handler.end_headers()
        handler.close_connection = True
        for _ in range(200):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.05)
        return True

    server.answer = drip
    rows = run(server, library, answer_timeout=0.5)
    assert outcomes(rows) == {"Item": FAILED}
    assert "had not ended its answer after 0.5 seconds" in rows["Item"].detail


def test_a_redirect_is_not_followed(server: Server, library: WsdlLibrary) -> None:
    def elsewhere(server: Server, handler: BaseHTTPRequestHandler, body: bytes) -> bool:
        handler.send(307, {"Location": server.base_url + "/elsewhere", "Content-Type": "text/xml"}, b"")
        return True

    server.answer = elsewhere
    assert {row.outcome for row in run(server, library).values()} == {FAILED}
    assert "/elsewhere" not in {path for _, path in server.paths}


# Secrets


def test_no_secret_is_in_any_row_log_exception_or_repr(
    server: Server, library: WsdlLibrary, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """The server throws every secret back in its words, and every level of every log is read."""
    caplog.set_level(logging.DEBUG)
    words = " ".join((*_values(), "is what I was told"))
    faults = iter(["invalidCredentialsFault", "insufficientPermissionFault", "unexpectedErrorFault", "otherFault"] * 9)
    texts: list[str] = []

    def echo(server: Server, handler: BaseHTTPRequestHandler, body: bytes) -> bool:
        fault = f"<faultcode>f</faultcode><faultstring>{words}</faultstring><detail><{next(faults)}/></detail>"
        content = ENVELOPE.format(f"<e:Body><e:Fault>{fault}</e:Fault></e:Body>")
        handler.send(500, {"Content-Type": "text/xml"}, content.encode())
        return True

    server.answer = echo
    with pytest.raises(SignInRefusedError) as caught:
        run(server, library)
    texts += traceback.format_exception(caught.value)
    texts += [repr(caught.value.__context__), repr(caught.value.__cause__), repr(server.connection())]
    rows = run_after_refusal(server, library)
    texts += [repr(rows), msgspec.json.encode(rows).decode(), caplog.text, *capfd.readouterr()]
    assert "*** *** *** *** is what I was told" in texts[0] + "".join(texts)
    assert [secret for secret in SECRETS for text in texts if secret in text] == []


def run_after_refusal(server: Server, library: WsdlLibrary) -> tuple[ProbeRow, ...]:
    """The first request is answered as usual, the rest by the server's own answer."""
    own = server.answer

    def first(server: Server, handler: BaseHTTPRequestHandler, body: bytes) -> bool:
        server.answer = own
        return False

    server.answer = first
    return probe(server.connection(), library, sleep=lambda _: None)


def test_a_request_that_fails_is_not_carried_by_its_error(server: Server, library: WsdlLibrary) -> None:
    """Neither the error nor what led to it holds the signed token."""
    server.stop()
    with pytest.raises(ProbeError) as caught:
        run(server, library)
    seen: list[BaseException] = []
    error: BaseException | None = caught.value
    while error is not None:
        seen.append(error)
        error = error.__cause__ or error.__context__
    held = "".join(repr(vars(each)) + repr(each.args) for each in seen)
    assert [secret for secret in SECRETS if secret in held] == []


def test_credentials_show_themselves_nowhere() -> None:
    assert [secret for secret in SECRETS if secret in repr(CREDENTIALS) + str(CREDENTIALS)] == []
    assert CREDENTIALS.hidden_in(" ".join(_values())) == "*** *** *** ***"
    with pytest.raises(TypeError):
        pickle.dumps(CREDENTIALS)


# Many accounts


def test_accounts_side_by_side_share_one_wsdl_and_keep_their_answers_apart(library: WsdlLibrary) -> None:
    def one(number: int) -> tuple[int, dict[str, ProbeOutcome]]:
        account = Account(id=f"100000{number}")
        refused = QUERIES[number]
        account.role.levels[refused.permission] = Level.NONE
        with served(account) as server:
            rows = run(server, library)
        assert rows[refused.record].permission == refused.permission
        return number, outcomes(rows)

    with ThreadPoolExecutor(4) as pool:
        for number, found in pool.map(one, range(8)):
            assert found == {QUERIES[number].record: REFUSED}


def _values() -> tuple[str, ...]:
    return tuple(TOKEN.values())


def _baseline(codes: dict[str, tuple[str, ...]]) -> Baseline:
    return Baseline(
        id="b",
        version="1",
        title="t",
        vendor="v",
        purpose="p",
        source="s",
        read_on="2026-01-01",
        requirements=tuple(
            Requirement(
                id=permission,
                options=(Option(permission=permission, label=permission, subtab="Lists", level=Level.VIEW),),
                codes=named,
            )
            for permission, named in codes.items()
        ),
    )
