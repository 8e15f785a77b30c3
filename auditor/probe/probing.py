"""The probe: signs in with the integration's own token and asks for each record that the integration asks for."""

from __future__ import annotations

import logging
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from auditor.errors import ProbeError
from auditor.model import Baseline, ProbeOutcome, ProbeRow
from auditor.probe.connection import ProbeConnection
from auditor.probe.faults import SignInRefusedError, UnreachableError
from auditor.probe.records import QUERIES, failed

if TYPE_CHECKING:
    from auditor.probe.wsdl import WsdlLibrary

_log = logging.getLogger(__name__)


def probe(
    connection: ProbeConnection,
    library: WsdlLibrary,
    baselines: Iterable[Baseline] = (),
    *,
    sleep: Callable[[float], object] = time.sleep,
    chance: Callable[[], float] = random.random,
    over: Callable[[], str] = lambda: "",
) -> tuple[ProbeRow, ...]:
    """Ask for every record, one after the other; a row for each, by record.

    *library* parses the WSDL once for all accounts that are probed with it. The codes of a refusal are those that
    *baselines* give to the permission that opens the record. *over* is asked before each record, and says why the rest
    is not to be asked any more; empty while it is.

    Raises:
        ProbeError: the account was not let in or could not be reached, and nothing was learned.
    """
    from auditor.probe.asking import ask
    from auditor.probe.client import ProbeClient

    codes = _codes(baselines)
    since = time.monotonic()
    rows: list[ProbeRow] = []
    client = ProbeClient(connection, library.get(connection))
    try:
        for query in QUERIES:
            if why := over():
                rows += [failed(each, f"Not asked. {why}") for each in QUERIES[len(rows) :]]
                break
            try:
                rows.append(ask(client, query, codes.get(query.permission, ()), sleep=sleep, chance=chance))
            except (SignInRefusedError, UnreachableError) as error:
                if not rows:
                    raise
                # Never asked again after a refused sign-in: NetSuite locks a token after five.
                rows += [failed(each, f"Not asked. {error.message}", error.remedy) for each in QUERIES[len(rows) :]]
                break
            except ProbeError as error:
                rows.append(failed(query, error.message, error.remedy))
    finally:
        client.close()
    _tell(connection.account, rows, time.monotonic() - since)
    return tuple(rows)


def _tell(account: str, rows: list[ProbeRow], seconds: float) -> None:
    for row in rows:
        said = {"account": account, "table": row.record, "rows": row.count}
        _log.debug("asked with the integration's own token: %s", row.outcome.value, extra=said)
    outcomes = Counter(row.outcome for row in rows)
    counts = ", ".join(f"{outcomes[outcome]} {outcome.value}" for outcome in ProbeOutcome)
    extra = {"account": account, "seconds": round(seconds, 3)}
    _log.info("the integration's own token was tried: %s", counts, extra=extra)


def _codes(baselines: Iterable[Baseline]) -> dict[str, tuple[str, ...]]:
    """The codes that each permission's rows name, sorted."""
    codes: dict[str, set[str]] = {}
    for baseline in baselines:
        for requirement in baseline.requirements:
            for option in requirement.options:
                codes.setdefault(option.permission, set()).update(requirement.codes)
    return {permission: tuple(sorted(named)) for permission, named in codes.items()}
