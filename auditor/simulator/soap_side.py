"""How the SOAP side sees a simulated account: its tokens, its rows and its faults."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.model import Level
from auditor.simulator.access import Caller
from auditor.simulator.account import SimulatedAccount
from auditor.simulator.credentials import KnownToken
from auditor.simulator.faults import Endpoint, Fault, FaultKind
from auditor.simulator.soap import Passport, SoapFault, SoapRecord
from auditor.simulator.soap.passport import refusal
from auditor.simulator.token_auth import SignInRefusedError

_TABLES = {
    "Classification": ("classification", "name"),
    "Department": ("department", "name"),
    "Location": ("location", "name"),
    "Subsidiary": ("subsidiary", "name"),
    "Employee": ("employee", "entityid"),
    "Job": ("job", "entityid"),
}
"""Records whose rows the account has, with the column that names them. Of every other record it has one."""

_FAULTS = {
    FaultKind.TOO_MANY_REQUESTS: SoapFault.TOO_MANY_REQUESTS,
    FaultKind.SERVER_ERROR: SoapFault.UNEXPECTED_ERROR,
    FaultKind.UNAUTHORIZED: SoapFault.SIGN_IN_REFUSED,
    FaultKind.SIGN_IN_REFUSED: SoapFault.SIGN_IN_REFUSED,
    FaultKind.MALFORMED: SoapFault.NOT_SOAP,
    FaultKind.RECORD_REFUSED: SoapFault.RECORD_REFUSED,
}


class SoapSide:
    """One request's view of an account; ``refusal`` and ``struck`` are for the record of requests."""

    def __init__(self, account: SimulatedAccount, now: float, *, slot_free: bool) -> None:
        self._account = account
        self._now = now
        self._slot_free = slot_free
        self.refusal = ""
        self.struck: list[Fault] = []

    @property
    def id(self) -> str:
        return self._account.id

    def soap_caller(self, passport: Passport) -> _Caller | None:
        def check(token: KnownToken) -> None:
            credentials = token.credentials
            why = "consumer key is not the token's" if passport.consumer_key != credentials.consumer_key else ""
            why = why or refusal(
                passport,
                account=self._account.id,
                consumer_secret=credentials.consumer_secret,
                token_secret=credentials.token_secret,
                now=self._now,
            )
            if why:
                raise SignInRefusedError(why)

        try:
            caller = self._account.token_authentication.bearer(passport.token, check, self._now)
        except SignInRefusedError as refused:
            self.refusal = str(refused)
            return None
        return _Caller(self._account, caller)

    def soap_records(self, record: str) -> Sequence[SoapRecord]:
        if record not in _TABLES:
            return (SoapRecord("1", f"Simulated {record}"),)
        table, column = _TABLES[record]
        return [SoapRecord(str(row["id"]), str(row.get(column, ""))) for row in self._account.rows(table)]

    def soap_fault(self, _operation: str, record: str, /) -> SoapFault | None:
        if not self._slot_free:
            return SoapFault.TOO_MANY_REQUESTS
        fault = self._account.faults.striking(self._now, Endpoint.SOAP, tuple(_FAULTS), {record})
        if fault is None:
            return None
        self.struck.append(fault)
        return _FAULTS[fault.kind]


class _Caller:
    def __init__(self, account: SimulatedAccount, caller: Caller) -> None:
        self._account = account
        self._caller = caller

    def level(self, permission: str) -> Level:
        return self._account.access.level(self._caller, permission)
