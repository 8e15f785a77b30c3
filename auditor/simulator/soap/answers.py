"""SOAP answers in NetSuite's form.

The shape of results and faults is that of NetSuite's published schemas. The texts of a refused permission, of a bad
login (code USER_ERROR) and of too many requests were seen in independent published code and logs; the code of too many
requests and the text for a role without SOAP Web Services are not confirmed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from auditor.simulator.soap.account import SoapRecord
from auditor.simulator.soap.schema import RECORDS, namespace

_FORBIDDEN_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REFUSED = (
    "Permission Violation: You need  the '{permission}' permission to access this page. "
    "Please contact your account administrator."
)
_DTD = '<!DOCTYPE Envelope [<!ENTITY name "an entity">]>'


class SoapAnswer(NamedTuple):
    """One HTTP response."""

    status: int
    headers: dict[str, str]
    body: bytes


class Writer:
    """Writes envelopes in one version's namespaces."""

    def __init__(self, version: str) -> None:
        self._version = version

    def result(self, operation: str, content: str, *, dtd: bool = False) -> SoapAnswer:
        """A good answer, or one whose status says that it is none; *content* is XML."""
        core, messages = (namespace(f"platform/{name}", self._version) for name in ("core", "messages"))
        # searchMoreWithId answers with the result of a search.
        result = "search" if operation.startswith("search") else operation
        body = (
            f"<{operation}Response xmlns={quoteattr(messages)}><{result}Result xmlns={quoteattr(core)}>"
            f"{content}</{result}Result></{operation}Response>"
        )
        return self._envelope(200, body, _DTD if dtd else "")

    def refused(self, operation: str, permission: str) -> SoapAnswer:
        """The answer to a caller whose role lacks *permission*, ``Lists -> Currency``; two spaces as in NetSuite."""
        detail = (
            '<status isSuccess="false"><statusDetail type="ERROR"><code>INSUFFICIENT_PERMISSION</code>'
            f"<message>{_text(_REFUSED.format(permission=permission))}</message></statusDetail></status>"
        )
        return self.result(operation, detail)

    def fault(self, kind: str, code: str, text: str) -> SoapAnswer:
        """A fault that ends the request: *kind* is ``invalidCredentialsFault`` and the like."""
        faults = quoteattr(namespace("platform/faults", self._version))
        return self._envelope(
            500,
            f"<soapenv:Fault><faultcode>soapenv:Server.userException</faultcode><faultstring>{_text(text)}</faultstring>"
            f"<detail><f:{kind} xmlns:f={faults}><f:code>{code}</f:code><f:message>{_text(text)}</f:message></f:{kind}>"
            "</detail></soapenv:Fault>",
        )

    def invalid_login(self) -> SoapAnswer:
        """NetSuite does not say why."""
        return self.fault("invalidCredentialsFault", "USER_ERROR", "Invalid login attempt.")

    def no_web_services(self) -> SoapAnswer:
        """The answer to a caller whose role lacks SOAP Web Services at Full."""
        text = _REFUSED.format(permission="Setup -> SOAP Web Services")
        return self.fault("insufficientPermissionFault", "INSUFFICIENT_PERMISSION", text)

    def too_many_requests(self) -> SoapAnswer:
        return self.fault(
            "exceededConcurrentRequestLimitFault",
            "WS_CONCUR_SESSION_DISALLWD",
            "SuiteTalk concurrent request limit exceeded. Request blocked.",
        )

    def unexpected_error(self) -> SoapAnswer:
        return self.fault(
            "unexpectedErrorFault", "UNEXPECTED_ERROR", "An unexpected error occurred. Error ID: simulated"
        )

    def page(self, records: Sequence[SoapRecord], record: str, *, index: int, size: int, search_id: str) -> str:
        """The content of a search's result: page *index*, from 1, of *size* rows."""
        start = (index - 1) * size
        shown = "".join(self._record(each, record) for each in records[start : start + size])
        return (
            f'<status isSuccess="true"/><totalRecords>{len(records)}</totalRecords><pageSize>{size}</pageSize>'
            f"<totalPages>{-(-len(records) // size)}</totalPages><pageIndex>{index}</pageIndex>"
            f"<searchId>{_text(search_id)}</searchId><recordList>{shown}</recordList>"
        )

    def all_of(self, records: Sequence[SoapRecord], record: str) -> str:
        """The content of getAll's result."""
        shown = "".join(self._record(each, record) for each in records)
        return _counted(records, f"<recordList>{shown}</recordList>")

    def customizations(self, records: Sequence[SoapRecord], kind: str) -> str:
        """The content of getCustomizationId's result."""
        shown = "".join(
            f"<customizationRef internalId={quoteattr(each.id)} type={quoteattr(kind)}><name>{_text(each.name)}</name>"
            "</customizationRef>"
            for each in records
        )
        return _counted(records, f"<customizationRefList>{shown}</customizationRefList>")

    def deleted(self, records: Sequence[SoapRecord], size: int) -> str:
        """The content of getDeleted's result, its first page."""
        core = quoteattr(namespace("platform/core", self._version))
        shown = "".join(
            "<deletedRecord><deletedDate>2020-01-01T00:00:00.000Z</deletedDate>"
            f'<record xmlns:core={core} xsi:type="core:RecordRef" internalId={quoteattr(each.id)}>'
            f"<name>{_text(each.name)}</name></record></deletedRecord>"
            for each in records[:size]
        )
        pages = (
            f"<pageSize>{size}</pageSize><totalPages>{-(-len(records) // size)}</totalPages><pageIndex>1</pageIndex>"
        )
        return _counted(records, f"{pages}<deletedRecordList>{shown}</deletedRecordList>")

    def _record(self, record: SoapRecord, kind: str) -> str:
        schema, field = next((schema, fields[kind]) for schema, fields in RECORDS.items() if kind in fields)
        own = quoteattr(namespace(schema, self._version))
        return (
            f'<record xmlns:r={own} xsi:type="r:{kind}" internalId={quoteattr(record.id)}>'
            f"<r:{field}>{_text(record.name)}</r:{field}></record>"
        )

    def _envelope(self, status: int, body: str, dtd: str = "") -> SoapAnswer:
        messages = quoteattr(namespace("platform/messages", self._version))
        text = (
            f'<?xml version="1.0" encoding="UTF-8"?>{dtd}'
            '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
            ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
            f"<soapenv:Header><documentInfo xmlns={messages}><nsId>simulated</nsId></documentInfo></soapenv:Header>"
            f"<soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"
        )
        return SoapAnswer(status, {"Content-Type": "text/xml; charset=utf-8"}, text.encode())


def web_page(status: int) -> SoapAnswer:
    """What a gateway or a maintenance page says in place of SOAP."""
    return SoapAnswer(status, {"Content-Type": "text/html"}, b"<html><body><p>Not available<br></body></html>")


def _counted(records: Sequence[SoapRecord], content: str) -> str:
    return f'<status isSuccess="true"/><totalRecords>{len(records)}</totalRecords>{content}'


def _text(text: str) -> str:
    """*text* as XML can hold it."""
    return escape(_FORBIDDEN_IN_XML.sub("\ufffd", text))
