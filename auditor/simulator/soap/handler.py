"""Answers SOAP requests and serves the WSDL: one function, to be called by whatever reads HTTP."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from auditor.catalog import load_catalog
from auditor.model import Level
from auditor.simulator.soap.account import SoapAccount, SoapFault
from auditor.simulator.soap.answers import SoapAnswer, Writer, web_page
from auditor.simulator.soap.passport import read_passport
from auditor.simulator.soap.schema import OPERATIONS, SCHEMAS, namespace, schema, wsdl

OPENED_BY = {
    "Account": "LIST_ACCOUNT",
    "Classification": "LIST_CLASS",
    "Currency": "LIST_CURRENCY",
    "Customer": "LIST_CUSTJOB",
    "Department": "LIST_DEPARTMENT",
    "Employee": "LIST_EMPLOYEE",
    "ExpenseCategory": "LIST_CATEGORY",
    "Item": "LIST_ITEM",
    "Location": "LIST_LOCATION",
    "Job": "LIST_JOB",
    "Subsidiary": "LIST_SUBSIDIARY",
    "Vendor": "LIST_VENDOR",
    "CustomRecordType": "ADMI_CUSTRECORD",
    "DeletedRecord": "ADMI_DELETEDRECORD",
}
"""The permission without which a record is refused. By the names of record and permission; only Currency, Subsidiaries
and Deleted Records were seen in a published message or document."""

_WSDL = re.compile(r"/wsdl/v(\d{4}_\d+)_0/netsuite\.wsdl")
_XSD = re.compile(r"/xsd/(\w+)/v(\d{4}_\d+)_0/(\w+)\.xsd")
_SERVICE = re.compile(r"/services/NetSuitePort_(\d{4}_\d+)")
_ENVELOPE = "{http://schemas.xmlsoap.org/soap/envelope/}"
_XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_SEARCH_ID = re.compile(r"WEBSERVICES_(\w+)_(\d+)")
_PAGE_SIZE = 1000


def serves(path: str) -> bool:
    """Whether *path* is one that :func:`handle_soap` answers."""
    return any(each.fullmatch(path) for each in (_WSDL, _XSD, _SERVICE))


def asks_service(path: str) -> bool:
    """Whether *path* is the service itself, whose requests count towards the account's limit, and not a document."""
    return _SERVICE.fullmatch(path) is not None


def handle_soap(account: SoapAccount, path: str, headers: Mapping[str, str], body: bytes) -> SoapAnswer:
    """Answer one request: a GET of the WSDL or a schema, or a POST to the service, told apart by *path*.

    *headers* have names in lower case; ``host`` and ``x-forwarded-proto`` are looked at, for the address of the service
    in the WSDL. A path that is none of these gets 404.
    """
    if found := _WSDL.fullmatch(path):
        origin = f"{headers.get('x-forwarded-proto', 'http')}://{headers.get('host', 'localhost')}"
        return _document(wsdl(found[1], f"{origin}/services/NetSuitePort_{found[1]}"))
    if found := _XSD.fullmatch(path):
        name = f"{found[1]}/{found[3]}"
        return _document(schema(name, found[2])) if name in SCHEMAS else web_page(404)
    if found := _SERVICE.fullmatch(path):
        return _Exchange(account, found[1]).answer(body)
    return web_page(404)


def _document(content: bytes) -> SoapAnswer:
    return SoapAnswer(200, {"Content-Type": "text/xml; charset=utf-8"}, content)


class _Exchange:
    """One request to the service and its answer."""

    def __init__(self, account: SoapAccount, version: str) -> None:
        self._account = account
        self._version = version
        self._writer = Writer(version)

    def answer(self, body: bytes) -> SoapAnswer:
        try:
            envelope = fromstring(body)
        except (ParseError, DefusedXmlException):
            return web_page(400)
        request = envelope.find(f"{_ENVELOPE}Body/*")
        operation = request.tag.rpartition("}")[2] if request is not None else ""
        if request is None or operation not in OPERATIONS:
            return self._writer.unexpected_error()
        header = envelope.find(f"{_ENVELOPE}Header")
        record = self._record(operation, request)
        fault = self._account.soap_fault(operation, record)
        return self._stopped(fault) or self._asked(operation, record, request, header, fault)

    def _stopped(self, fault: SoapFault | None) -> SoapAnswer | None:
        """The answer of a fault that strikes before NetSuite looks at who asks for what."""
        match fault:
            case SoapFault.TOO_MANY_REQUESTS:
                return self._writer.too_many_requests()
            case SoapFault.UNEXPECTED_ERROR:
                return self._writer.unexpected_error()
            case SoapFault.SIGN_IN_REFUSED:
                return self._writer.invalid_login()
            case SoapFault.UNAVAILABLE:
                return web_page(503)
            case SoapFault.NOT_SOAP:
                return web_page(200)
        return None

    def _asked(
        self, operation: str, record: str, request: Element, header: Element | None, fault: SoapFault | None
    ) -> SoapAnswer:
        passport = read_passport(header, namespace("platform/core", self._version))
        caller = self._account.soap_caller(passport) if passport else None
        if caller is None:
            return self._writer.invalid_login()
        if caller.level("ADMI_WEBSERVICES") < Level.FULL:
            return self._writer.no_web_services()
        permission = OPENED_BY.get(record)
        if permission is None:
            return self._writer.unexpected_error()
        # Documented: Deleted Records offers None and Full alone.
        least = Level.FULL if permission == "ADMI_DELETEDRECORD" else Level.VIEW
        if caller.level(permission) < least or fault is SoapFault.RECORD_REFUSED:
            catalog = load_catalog()
            return self._writer.refused(operation, f"{catalog.subtab(permission)} -> {catalog.label(permission)}")
        content = self._content(operation, record, request, header, empty=fault is SoapFault.NO_ROWS)
        return self._writer.result(operation, content, dtd=fault is SoapFault.ENTITIES)

    def _content(self, operation: str, record: str, request: Element, header: Element | None, *, empty: bool) -> str:
        records = () if empty else self._account.soap_records(record)
        match operation:
            case "getAll":
                return self._writer.all_of(records, record)
            case "getCustomizationId":
                return self._writer.customizations(records, "customRecordType")
            case "getDeleted":
                return self._writer.deleted(records, _PAGE_SIZE)
        if operation == "searchMoreWithId":
            found = _SEARCH_ID.fullmatch(self._text(request, "searchId"))
            size = int(found[2]) if found else _PAGE_SIZE
            index = int(self._text(request, "pageIndex"))
        else:
            size, index = self._page_size(header), 1
        # NetSuite has no record of type Item: each kind of item is a type of its own.
        kind = "ServiceSaleItem" if record == "Item" else record
        return self._writer.page(records, kind, index=index, size=size, search_id=f"WEBSERVICES_{record}_{size}")

    def _record(self, operation: str, request: Element) -> str:
        """What is asked for, by the name of its type."""
        match operation:
            case "search":
                searched = next(iter(request), None)
                kind = searched.get(_XSI_TYPE, "") if searched is not None else ""
                return kind.rpartition(":")[2].removesuffix("Search")
            case "searchMoreWithId":
                found = _SEARCH_ID.fullmatch(self._text(request, "searchId"))
                return found[1] if found else ""
            case "getAll":
                kind = next((each.get("recordType", "") for each in request), "")
                return kind[:1].upper() + kind[1:]
            case "getCustomizationId":
                kind = next((each.get("getCustomizationType", "") for each in request), "")
                return "CustomRecordType" if kind == "customRecordType" else kind
        return "DeletedRecord"

    def _page_size(self, header: Element | None) -> int:
        preferences = header.find("{*}searchPreferences") if header is not None else None
        text = self._text(preferences, "pageSize") if preferences is not None else ""
        return max(1, int(text)) if text.isdecimal() else _PAGE_SIZE

    def _text(self, parent: Element, name: str) -> str:
        return parent.findtext(f"{{{namespace('platform/messages', self._version)}}}{name}") or ""
