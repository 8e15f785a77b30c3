"""Asks for one record and says what came of it.

Imports zeep and netsuitesdk, which take long: import it where it is used.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct
from netsuitesdk.internal.exceptions import NetSuiteLoginError, NetSuiteRateLimitError
from zeep.exceptions import Error as ZeepError
from zeep.exceptions import Fault

from auditor.catalog import load_catalog
from auditor.errors import ProbeError
from auditor.model import ProbeOutcome, ProbeRow
from auditor.probe.client import ProbeClient
from auditor.probe.faults import BusyError, NoAnswerError, SignInRefusedError
from auditor.probe.records import Operation, RecordQuery, failed
from auditor.probe.words import SIGN_IN_PERMISSIONS, permission_named, speaks_of_permission

ATTEMPTS = 5
LONGEST_WAIT = 60.0
_FIRST_WAIT = 2.0

_EVER = datetime(2000, 1, 1, tzinfo=UTC)
_REFUSED = "INSUFFICIENT_PERMISSION"
_PASSING = frozenset({"exceededConcurrentRequestLimitFault", "exceededRequestLimitFault", "unexpectedErrorFault"})
_SIGN_IN = frozenset({"invalidCredentialsFault", "invalidAccountFault", "invalidSessionFault"})
_NOTHING_CAME = (
    "NetSuite answered without an error and without a record. There may be none, or the role may not see any: "
    "look in NetSuite with the role itself, or with an administrator's."
)

_log = logging.getLogger(__name__)


class Answer(Struct, frozen=True):
    """What NetSuite said to one request that it took."""

    refusal: str = ""
    """Its own words, if it said that a permission is lacking."""
    problem: str = ""
    """Its code and words, if it could not do what was asked for another reason."""
    count: int = 0


def ask(
    client: ProbeClient,
    query: RecordQuery,
    codes: tuple[str, ...],
    *,
    sleep: Callable[[float], object],
    chance: Callable[[], float],
) -> ProbeRow:
    """Ask for one record, a few times if NetSuite is busy.

    Raises:
        SignInRefusedError: NetSuite does not let the token in.
        ProbeError: no answer came, or none that can be understood.
    """
    answer = _persist(client, query, sleep, chance)
    if answer.refusal:
        permission = permission_named(answer.refusal, load_catalog()) or query.permission
        return _row(query, ProbeOutcome.REFUSED, client.hidden_in(answer.refusal), permission=permission, codes=codes)
    if answer.problem:
        return failed(query, client.hidden_in(answer.problem))
    if answer.count == 0:
        return _row(query, ProbeOutcome.EMPTY, _NOTHING_CAME, count=0)
    return _row(query, ProbeOutcome.ALLOWED, "", count=answer.count)


def _row(query: RecordQuery, outcome: ProbeOutcome, detail: str, **known: Any) -> ProbeRow:
    return ProbeRow(record=query.record, outcome=outcome, detail=detail, **({"permission": query.permission} | known))


def _persist(
    client: ProbeClient, query: RecordQuery, sleep: Callable[[float], object], chance: Callable[[], float]
) -> Answer:
    """The answer, after as many attempts as it takes, up to a few."""
    for attempt in range(1, ATTEMPTS):
        try:
            return _once(client, query)
        except BusyError as busy:
            bound = min(LONGEST_WAIT, _FIRST_WAIT * 2 ** (attempt - 1))
            wait = bound * chance() if busy.retry_after is None else min(LONGEST_WAIT, busy.retry_after)
            _log.warning(
                "asking again after a wait",
                extra={
                    "account": client.account,
                    "table": query.record,
                    "attempt": attempt,
                    "seconds": round(wait, 3),
                    "fault": type(busy).__name__,
                },
            )
        sleep(wait)
    try:
        return _once(client, query)
    except BusyError as busy:
        busy.message = f"{busy.message.rstrip('.')} ({ATTEMPTS} times in a row)."
        raise


def _once(client: ProbeClient, query: RecordQuery) -> Answer:
    # Raised outside of the handlers: what zeep raises may hold a whole answer, and is not to be carried along.
    outcome: Answer | ProbeError
    try:
        response = _send(client, query)
    except NetSuiteLoginError as error:
        outcome = _sign_in_refused(client, error.message)
    except NetSuiteRateLimitError as error:
        outcome = BusyError(client.hidden_in(error.message))
    except Fault as fault:
        outcome = _after_fault(client, fault)
    except (ZeepError, TypeError, IndexError) as error:
        # zeep raises the last two over an envelope that lacks its parts.
        outcome = NoAnswerError(f"NetSuite's answer is not what its WSDL says ({type(error).__name__}).")
    else:
        outcome = _read(getattr(response.body, f"{query.operation.value}Result", None), query)
    if isinstance(outcome, ProbeError):
        raise outcome
    return outcome


def _send(client: ProbeClient, query: RecordQuery) -> Any:
    match query.operation:
        case Operation.SEARCH:
            search = client.search_factory(query.record)
            return client.request("search", searchRecord=search)
        case Operation.GET_ALL:
            record = client.GetAllRecord(recordType=query.record[0].lower() + query.record[1:])
            return client.request("getAll", record=record)
        case Operation.GET_CUSTOMIZATION_ID:
            kind = {"getCustomizationType": "customRecordType"}
            return client.request("getCustomizationId", customizationType=kind, includeInactives=True)
        case Operation.GET_DELETED:
            since = {"deletedDate": {"operator": "after", "searchValue": _EVER}}
            return client.request("getDeleted", getDeletedFilter=since, pageIndex=1)


def _after_fault(client: ProbeClient, fault: Fault) -> Answer | ProbeError:
    """What a fault that netsuitesdk leaves to its caller means."""
    words = fault.message or "NetSuite answered with a fault and no words."
    kind = _kind(fault)
    if kind in _PASSING or fault.code is None:  # zeep gives no code to an error that is not one of SOAP's
        return BusyError(client.hidden_in(words))
    if kind in _SIGN_IN or permission_named(words, load_catalog()) in SIGN_IN_PERMISSIONS:
        return _sign_in_refused(client, words)
    return Answer(refusal=words) if kind == "insufficientPermissionFault" else Answer(problem=words)


def _kind(fault: Fault) -> str:
    """The name of the first element of a fault's detail, without its namespace."""
    children = list(fault.detail) if fault.detail is not None and not isinstance(fault.detail, (str, bytes)) else []
    return str(children[0].tag).rpartition("}")[2] if children else ""


def _sign_in_refused(client: ProbeClient, words: str) -> SignInRefusedError:
    return SignInRefusedError(
        f"NetSuite does not let the integration's token into account {client.account}: {client.hidden_in(words)}",
        "Look at Setup > Users/Roles > View Login Audit Trail for the reason. The token must be active and not "
        "revoked, its role active and assigned to its user, the role must have SOAP Web Services and Log in using "
        "Access Tokens (or User Access Tokens) at Full, and this machine's clock must be right. It was not tried "
        "again: NetSuite locks a token after five failures.",
    )


def _read(result: Any, query: RecordQuery) -> Answer | ProbeError:
    """What a result says. Its records are looked at no further than to count them."""
    status = result.status if result is not None else None
    if status is None:
        return NoAnswerError("NetSuite's answer has no status.")
    if status.isSuccess:
        return Answer(count=result.totalRecords if result.totalRecords is not None else len(_records(result, query)))
    details = status.statusDetail or ()
    for detail in details:
        words = detail.message or ""
        if detail.code == _REFUSED or speaks_of_permission(words):
            return Answer(refusal=words or _REFUSED)
    said = "; ".join(f"{detail.code}: {detail.message}" for detail in details)
    return Answer(problem=said or "NetSuite said no, and not why.")


def _records(result: Any, query: RecordQuery) -> list[Any]:
    match query.operation:
        case Operation.GET_CUSTOMIZATION_ID:
            listed, name = result.customizationRefList, "customizationRef"
        case Operation.GET_DELETED:
            listed, name = result.deletedRecordList, "deletedRecord"
        case _:
            listed, name = result.recordList, "record"
    return (getattr(listed, name) or []) if listed is not None else []
