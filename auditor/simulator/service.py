"""Answers one request: who asks, may they, what do they ask, and which fault comes in between."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Sequence

import msgspec

from auditor.simulator import answers
from auditor.simulator.access import Caller
from auditor.simulator.account import SimulatedAccount
from auditor.simulator.answers import Answer, AnsweredError
from auditor.simulator.client_credentials import TOKEN_PATH
from auditor.simulator.faults import Endpoint, Fault, FaultKind
from auditor.simulator.pages import requested_window
from auditor.simulator.recording import RecordedRequest
from auditor.simulator.request import Request
from auditor.simulator.row_faults import CHANGING_PAGES, Neighbours, change_tables, refusal
from auditor.simulator.soap import handle_soap, serves
from auditor.simulator.soap_side import SoapSide
from auditor.simulator.store import Parameter
from auditor.simulator.suiteql import Plan, QueryRefusedError, plan, record_not_found, unknown_identifier
from auditor.simulator.token_auth import SignInRefusedError

QUERY_PATH = "/services/rest/query/v1/suiteql"
_REFUSING = (
    FaultKind.TOO_MANY_REQUESTS,
    FaultKind.UNAUTHORIZED,
    FaultKind.FORBIDDEN,
    FaultKind.SERVER_ERROR,
    FaultKind.MALFORMED,
)
_DELIVERING = (FaultKind.CUT_BODY, FaultKind.SLOW, FaultKind.ENDLESS)


class _Asked(msgspec.Struct):
    """The JSON body of a query."""

    q: str
    params: list[Parameter] = []


class Service:
    """Answers the requests of one account. Keeps what one request must know of those before it."""

    def __init__(self, account: SimulatedAccount) -> None:
        self.account = account
        self.neighbours = Neighbours()
        self.numbers = itertools.count(1)

    def answer(self, request: Request, *, slot_free: bool) -> Exchange:
        """The answer to *request*; ``slot_free`` is False where too many others are under way."""
        exchange = Exchange(self, request)
        if serves(request.path):
            exchange.answer = exchange.soap(slot_free=slot_free)
        else:
            exchange.answer = exchange.respond() if slot_free else answers.too_many_requests()
        return exchange


class Exchange:
    """One request and its answer, with what is worth recording of it."""

    answer: Answer

    def __init__(self, service: Service, request: Request) -> None:
        self._service = service
        self._account = service.account
        self._request = request
        self._now = service.account.now()
        self._faults: list[Fault] = []
        self._sql = ""
        self._parameters: Sequence[Parameter] = ()
        self.delivery: Fault | None = None
        """The fault that decides how the answer is sent."""

    def respond(self) -> Answer:
        """Find the answer."""
        if self._request.path not in (TOKEN_PATH, QUERY_PATH):
            return answers.error(404, "NONEXISTENT_RESOURCE", "The requested resource does not exist.")
        if self._request.method != "POST":
            return answers.error(
                405, "METHOD_NOT_ALLOWED", "The HTTP method is not supported here.", headers={"Allow": "POST"}
            )
        if self._request.path == TOKEN_PATH:
            return self._issue()
        try:
            return self._query()
        except AnsweredError as answered:
            return answered.answer
        except QueryRefusedError as refused:
            return answers.search_error(str(refused))

    def soap(self, *, slot_free: bool) -> Answer:
        """The answer of the SOAP side."""
        account = SoapSide(self._account, self._now, slot_free=slot_free)
        scheme = self._request.origin.partition(":")[0]
        headers = {**self._request.headers, "x-forwarded-proto": scheme}
        answer = handle_soap(account, self._request.path, headers, self._request.body)
        self._faults += account.struck
        return Answer(answer.status, answer.body, answer.headers, refusal=account.refusal)

    def recorded(self) -> RecordedRequest:
        """The exchange for the account's record, without what signs the request."""
        headers = dict(self._request.headers)
        if "authorization" in headers:
            headers["authorization"] = headers["authorization"].partition(" ")[0] + " …"
        return RecordedRequest(
            method=self._request.method,
            path=self._request.path,
            query=dict(self._request.query),
            headers=headers,
            sql=self._sql,
            params=tuple(self._parameters),
            status=self.answer.status,
            refusal=self.answer.refusal,
            rows=self.answer.rows,
            fault=", ".join(fault.kind.value for fault in self._faults),
        )

    def _issue(self) -> Answer:
        fault = self._strike(Endpoint.TOKEN, (*_REFUSING, FaultKind.SIGN_IN_REFUSED))
        if fault and fault.kind is FaultKind.SIGN_IN_REFUSED:
            return answers.plain_json(401, {"error": "invalid_client"}, refusal="fault")
        if fault:
            return refusal(fault, next(self._service.numbers))
        expired = self._strike(Endpoint.TOKEN, (FaultKind.EXPIRED_CERTIFICATE,)) is not None
        return self._account.client_credentials.issue(self._request, self._now, certificates_expired=expired)

    def _query(self) -> Answer:
        planned = self._read()
        tables = planned.tables if isinstance(planned, Plan) else frozenset[str]()
        fault = self._strike(Endpoint.QUERY, self._refusing(), tables)
        if fault and fault.kind in (FaultKind.UNAUTHORIZED, FaultKind.SIGN_IN_REFUSED):
            return answers.invalid_login(self._challenge(), "fault")
        if fault:
            return refusal(fault, next(self._service.numbers))
        caller = self._caller()
        missing = self._account.access.missing_for_rest(caller)
        if missing:
            return answers.permission_violation(missing)
        if "transient" not in self._request.headers.get("prefer", ""):
            # One report has the code and the text for a missing header; NetSuite's word on a wrong one is not known.
            return answers.error(400, "INVALID_HEADER", "The required request header 'Prefer' is missing.")
        if not isinstance(planned, Plan):
            raise planned
        return self._run(planned, caller)

    def _run(self, planned: Plan, caller: Caller) -> Answer:
        limit, offset = requested_window(dict(self._request.query))
        hidden = self._hidden(planned, caller)
        self._let_tables_change(planned)
        try:
            page = self._account.paging.page(
                planned, self._parameters, limit, offset, caller=caller.user, hidden=hidden
            )
        except sqlite3.Error as error:
            raise planned.refusal(error) from error
        if not planned.counts:
            faults = self._account.faults.of(*CHANGING_PAGES)
            self._faults += self._service.neighbours.apply(faults, page, planned.tables, self._now)
        self.delivery = self._strike(Endpoint.QUERY, _DELIVERING, planned.tables)
        return page.answer(self._request.url)

    def _read(self) -> Plan | QueryRefusedError | AnsweredError:
        """How the query will be run, or why not: read first, so that the record has it whatever comes of it."""
        try:
            asked = msgspec.json.decode(self._request.body, type=_Asked)
        except msgspec.MsgspecError as error:
            detail = f"Invalid content in the request body: {error}."
            return AnsweredError(answers.error(400, "INVALID_CONTENT", detail))
        self._sql, self._parameters = asked.q, asked.params
        try:
            return plan(asked.q)
        except QueryRefusedError as refused:
            return refused

    def _caller(self) -> Caller:
        scheme, _, rest = self._request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and not rest.strip():
            text = "The request could not be understood by the server due to malformed syntax."
            challenge = f'Bearer realm="{self._account.id}", error="invalid_request", error_description="{text}"'
            raise AnsweredError(answers.error(400, "INVALID_REQUEST", text, headers={"WWW-Authenticate": challenge}))
        try:
            if scheme.lower() == "bearer":
                return self._account.client_credentials.caller(rest.strip(), self._now)
            if scheme.lower() == "oauth":
                return self._account.token_authentication.caller(self._request, self._now)
        except SignInRefusedError as refused:
            raise AnsweredError(answers.invalid_login(self._challenge(), str(refused))) from refused
        raise AnsweredError(answers.invalid_login(self._challenge(), "no Authorization header of a known scheme"))

    def _challenge(self) -> str:
        by_token = self._signed_by_token()
        scheme, error = ("OAuth", "token_rejected") if by_token else ("Bearer", "invalid_token")
        return f'{scheme} realm="{self._account.id}", error="{error}", error_description="Invalid login attempt."'

    def _signed_by_token(self) -> bool:
        return self._request.headers.get("authorization", "").lower().startswith("oauth ")

    def _refusing(self) -> tuple[FaultKind, ...]:
        return (*_REFUSING, FaultKind.SIGN_IN_REFUSED) if self._signed_by_token() else _REFUSING

    def _hidden(self, planned: Plan, caller: Caller) -> set[str]:
        """The columns that a star must leave out.

        Raises:
            QueryRefusedError: a table is not there for the caller, or a column that the query names.
        """
        for table in sorted(planned.tables):
            vanished = self._strike(Endpoint.QUERY, (FaultKind.TABLE_VANISHES,), {table})
            if vanished or not self._account.access.sees(caller, table):
                raise record_not_found(table)
        hidden = set()
        for fault in self._account.faults.of(FaultKind.COLUMN_DROPPED):
            table, column = fault.table or "", fault.column or ""
            if (table, column) in planned.columns:
                self._faults.append(fault)
                raise unknown_identifier(column, planned.scope)
            if table in planned.tables:
                hidden.add(column)
        return hidden

    def _let_tables_change(self, planned: Plan) -> None:
        for fault in self._account.faults.of(FaultKind.ROW_APPEARS, FaultKind.ROW_DISAPPEARS):
            if fault.strikes(self._now, Endpoint.QUERY, planned.tables):
                self._faults.append(fault)
                change_tables(fault, self._account.store)

    def _strike(
        self, endpoint: Endpoint, kinds: Sequence[FaultKind], tables: frozenset[str] | set[str] = frozenset()
    ) -> Fault | None:
        fault = self._account.faults.striking(self._now, endpoint, kinds, tables)
        if fault:
            self._faults.append(fault)
        return fault
