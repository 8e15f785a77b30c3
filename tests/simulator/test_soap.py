"""The SOAP side of a simulated account: what netsuitesdk makes of it, unchanged, and what it refuses."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from netsuitesdk import NetSuiteConnection
from netsuitesdk.internal.client import NetSuiteClient
from netsuitesdk.internal.exceptions import NetSuiteLoginError, NetSuiteRateLimitError, NetSuiteRequestError
from zeep.exceptions import Fault

from auditor.model import Level
from auditor.simulator.soap import Passport, SoapFault, SoapRecord, handle_soap, serves
from auditor.simulator.soap.handler import OPENED_BY
from auditor.simulator.soap.passport import refusal, signature
from tests.probe.serving import TOKEN, Account, Server, served

DATA = Path(os.environ.get("AUDITOR_REAL_DATA", Path(__file__).resolve().parents[2].parent / "shared" / "data"))
SERVICE = "/services/NetSuitePort_2024_1"


@pytest.fixture
def server() -> Iterator[Server]:
    with served() as running:
        yield running


def connect(server: Server, monkeypatch: pytest.MonkeyPatch, **changes: object) -> NetSuiteConnection:
    """A connection as any user of netsuitesdk makes it; only its addresses lead to the simulator."""
    monkeypatch.setattr(NetSuiteClient, "WSDL_URL_TEMPLATE", server.base_url + "/wsdl/{wsdl_version}/netsuite.wsdl")
    monkeypatch.setattr(
        NetSuiteClient, "DATACENTER_URL_TEMPLATE", server.base_url + "/services/{netsuite_port_version}"
    )
    given = {
        "account": server.account.id,
        "consumer_key": TOKEN["consumer_key"],
        "consumer_secret": TOKEN["consumer_secret"],
        "token_key": TOKEN["token_id"],
        "token_secret": TOKEN["token_secret"],
        "caching": False,
        "page_size": 5,
    }
    return NetSuiteConnection(**(given | changes))


@pytest.mark.parametrize("version", ["2023_2", "2024_1", "2025_2"])
def test_netsuitesdk_loads_the_wsdl_unchanged_and_finds_every_type(
    server: Server,
    version: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    connection = connect(server, monkeypatch, wsdl_version=version)
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []
    assert connection.client._client.namespaces["ns17"] == f"urn:accounting_{version}.lists.webservices.netsuite.com"
    assert [each["acctName"] for page in connection.accounts.get_all_generator() for each in page] == [
        "First Account",
        "Second Account",
    ]


def test_a_search_counts_and_gives_its_rows_page_by_page(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.account.records["Department"] = [SoapRecord(str(n), f"Department {n}") for n in range(12)]
    connection = connect(server, monkeypatch)
    assert connection.departments.count() == 12
    found = [(each["internalId"], each["name"]) for each in connection.departments.get_all()]
    assert found == [(str(n), f"Department {n}") for n in range(12)]
    operations = [operation for operation, _ in server.account.asked]
    # The count, then page 1, and then netsuitesdk's generator: page 1 again, 2 and 3.
    assert operations == ["search", "search", *["searchMoreWithId"] * 3]


def test_every_kind_of_item_is_found_by_a_search_for_items(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = connect(server, monkeypatch).items.get_all_generator()
    assert [each["itemId"] for page in pages for each in page] == ["First Item", "Second Item"]


def test_currencies_come_by_get_all(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    found = connect(server, monkeypatch).currencies.get_all()
    assert [each["name"] for each in found] == ["First Currency", "Second Currency"]
    assert server.account.asked == [("getAll", "Currency")]


def test_deleted_records_and_custom_record_types(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    client = connect(server, monkeypatch).client
    deleted = client.request("getDeleted", getDeletedFilter={}, pageIndex=1).body.getDeletedResult
    assert deleted.totalRecords == 2
    assert [each.record.name for each in deleted.deletedRecordList.deletedRecord] == [
        "First DeletedRecord",
        "Second DeletedRecord",
    ]
    kind = {"getCustomizationType": "customRecordType"}
    found = client.request("getCustomizationId", customizationType=kind, includeInactives=True)
    listed = found.body.getCustomizationIdResult.customizationRefList.customizationRef
    assert [each.name for each in listed] == ["First CustomRecordType", "Second CustomRecordType"]


@pytest.mark.parametrize("hidden", [False, True])
def test_a_search_without_rows_is_a_success(server: Server, hidden: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if hidden:
        server.account.lasting["Account"] = SoapFault.NO_ROWS
    else:
        server.account.records["Account"] = ()
    assert connect(server, monkeypatch).accounts.get_all() == []


def test_a_role_without_the_permission_is_refused_in_netsuites_words(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = connect(server, monkeypatch)
    server.account.role.levels["LIST_CURRENCY"] = Level.VIEW
    assert len(connection.currencies.get_all()) == 2
    server.account.role.levels["LIST_CURRENCY"] = Level.NONE
    with pytest.raises(NetSuiteRequestError) as caught:
        connection.currencies.get_all()
    assert caught.value.code == "INSUFFICIENT_PERMISSION"
    assert caught.value.message.endswith(
        "Permission Violation: You need  the 'Lists -> Currency' permission to access this page. "
        "Please contact your account administrator."
    )


def test_deleted_records_need_full() -> None:
    account = Account()
    account.role.levels["ADMI_DELETEDRECORD"] = Level.EDIT
    with served(account) as server, pytest.MonkeyPatch.context() as monkeypatch:
        client = connect(server, monkeypatch).client
        status = client.request("getDeleted", getDeletedFilter={}, pageIndex=1).body.getDeletedResult.status
    assert (status.isSuccess, status.statusDetail[0].code) == (False, "INSUFFICIENT_PERMISSION")


def test_too_many_requests(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.account.faults.append(SoapFault.TOO_MANY_REQUESTS)
    connection = connect(server, monkeypatch)
    with pytest.raises(NetSuiteRateLimitError, match="concurrent request limit exceeded"):
        connection.accounts.count()
    assert connection.accounts.count() == 2


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"token_secret": "another"}, "the signature does not match"),
        ({"consumer_secret": "another"}, "the signature does not match"),
        ({"consumer_key": "another"}, "the token is unknown"),
        ({"token_key": "another"}, "the token is unknown"),
        ({"account": "7654321"}, "the account is another"),
    ],
)
def test_a_bad_login(server: Server, changes: dict[str, str], why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    connection = connect(server, monkeypatch, **changes)
    with pytest.raises(NetSuiteLoginError, match="Invalid login attempt"):
        connection.accounts.count()
    assert server.account.refusals == [why]


def test_a_clock_that_is_off_and_the_old_signature_are_refused(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    connection = connect(server, monkeypatch)
    real = server.account.now
    server.account.now = lambda: real() + 301
    with pytest.raises(NetSuiteLoginError):
        connection.accounts.count()
    server.account.now = real
    connection.client._signature_algorithm = "HMAC-SHA1"
    with pytest.raises(NetSuiteLoginError):
        connection.accounts.count()
    assert server.account.refusals == [
        "the timestamp is more than five minutes off",
        "the signature algorithm is not HMAC-SHA256",
    ]


def test_a_role_without_soap_web_services_gets_a_fault(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.account.role.levels["ADMI_WEBSERVICES"] = Level.EDIT
    with pytest.raises(Fault, match="'Setup -> SOAP Web Services' permission") as caught:
        connect(server, monkeypatch).accounts.count()
    assert caught.value.detail[0].tag.endswith("}insufficientPermissionFault")


@pytest.mark.real
@pytest.mark.skipif(not DATA.is_dir(), reason="the published test vectors are not here")
def test_the_signature_is_that_of_netsuites_published_example() -> None:
    vector = json.loads((DATA / "oauth-vectors.json").read_text())
    account, consumer_key, token, nonce, timestamp = vector["soap_base_string_parts"]
    passport = Passport(
        account=account,
        consumer_key=consumer_key,
        token=token,
        nonce=nonce,
        timestamp=timestamp,
        algorithm=vector["signature_method"],
        signature=vector["soap_signature"],
    )
    secrets = {"consumer_secret": vector["consumer_secret"], "token_secret": vector["token_secret"]}
    assert signature(passport, **secrets) == vector["soap_signature"]
    assert refusal(passport, account=account, now=int(timestamp) + 300, **secrets) == ""
    assert refusal(passport, account=account, now=int(timestamp) + 301, **secrets) != ""


def test_hostile_names_come_through_as_text(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["<b>&amp;</b>", "a\x00b\x1bc", "\ud800", "=1+1", "名" * 5000, "]]>"]
    server.account.records["Classification"] = [SoapRecord(str(number), name) for number, name in enumerate(names)]
    found = connect(server, monkeypatch).classifications.get_all()
    assert [each["name"] for each in found] == ["<b>&amp;</b>", "a\ufffdb\ufffdc", "\ufffd", "=1+1", "名" * 5000, "]]>"]


def test_each_record_is_opened_by_a_permission_of_its_own() -> None:
    assert len(set(OPENED_BY.values())) == len(OPENED_BY) == 14


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/wsdl/v2024_1_0/netsuite.wsdl", 200),
        ("/xsd/platform/v2024_1_0/core.xsd", 200),
        ("/xsd/platform/v2024_1_0/unknown.xsd", 404),
        ("/services/rest/query/v1/suiteql", 404),
    ],
)
def test_paths(path: str, status: int) -> None:
    assert handle_soap(Account(), path, {}, b"").status == status
    assert serves(path) is ("rest" not in path)


ENVELOPE = '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>{}</e:Body></e:Envelope>'


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"<not xml", 400),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', 400),
        (b"<a/>", 500),
        (ENVELOPE.format("").encode(), 500),
        (ENVELOPE.format("<upsert/>").encode(), 500),
    ],
)
def test_what_is_no_request_that_is_answered(body: bytes, status: int) -> None:
    account = Account()
    assert handle_soap(account, SERVICE, {}, body).status == status
    assert account.asked == []


@pytest.mark.parametrize("header", ["", "<m:tokenPassport><c:account>1234567_SB1</c:account></m:tokenPassport>"])
def test_a_request_without_a_whole_passport_is_a_bad_login(header: str) -> None:
    body = (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"'
        ' xmlns:m="urn:messages_2024_1.platform.webservices.netsuite.com"'
        ' xmlns:c="urn:core_2024_1.platform.webservices.netsuite.com">'
        f'<e:Header>{header}</e:Header><e:Body><m:getAll><m:record recordType="currency"/></m:getAll></e:Body>'
        "</e:Envelope>"
    )
    answer = handle_soap(Account(), SERVICE, {}, body.encode())
    assert answer.status == 500
    assert b"Invalid login attempt." in answer.body


_PARTS = st.sampled_from(
    [
        "<m:search>", "</m:search>", "<m:searchMoreWithId>", "</m:searchMoreWithId>", "<m:getAll>", "</m:getAll>",
        "<m:searchRecord/>", "<m:searchId>x</m:searchId>", "<m:pageIndex>-1</m:pageIndex>", "<m:record/>",
        "<m:getDeleted/>", "<m:getCustomizationId/>", "text", "&#0;",
    ]
)  # fmt: skip


@given(st.lists(_PARTS, max_size=6).map("".join) | st.text(max_size=20))
def test_no_request_makes_the_simulator_stumble(content: str) -> None:
    """Whatever is asked, the answer is one of HTTP, and nobody who did not sign in gets a record."""
    body = (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"'
        f' xmlns:m="urn:messages_2024_1.platform.webservices.netsuite.com"><e:Body>{content}</e:Body></e:Envelope>'
    )
    answer = handle_soap(Account(), SERVICE, {}, body.encode("utf-8", "replace"))
    assert answer.status in (400, 500)
    assert b"isSuccess" not in answer.body
