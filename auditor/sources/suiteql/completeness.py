"""Judges how whole a reading is, and says so: the coverage of a table."""

from __future__ import annotations

from typing import Any

from auditor.model import Coverage, Origin, State
from auditor.sources.suiteql.caller import Proof
from auditor.sources.suiteql.faults import HiddenTableError, NotPermittedError, QueryRefusedError, UnknownColumnError
from auditor.sources.suiteql.reading import Reading

_NO_PROOF = Proof()


def coverage(reading: Reading[Any], proof: Proof = _NO_PROOF, *, empty_is_proven: bool = False) -> Coverage:
    """The coverage of the table that *reading* is of.

    *empty_is_proven*: another table, opened by the same permission, was read, so that no row means that there is none.
    """
    query = reading.query
    state, remarks = outcome(reading)
    if state is State.COLLECTED:
        doubts = _doubts(reading, proof, empty_is_proven=empty_is_proven)
        state = State.PARTIAL if doubts else state
        remarks += doubts
        if query.may_be_empty and not reading.rows and not empty_is_proven and reading.steady:
            state = State.NOT_AVAILABLE
    remarks += [dropped_columns(reading)] if reading.dropped else []
    if state is State.COLLECTED and not reading.records:
        remarks.append("No row came back; what the same permission opens was read, so there is none.")
    if state in (State.COLLECTED, State.PARTIAL):
        remarks += proof.unchecked
    return Coverage(
        table=query.table,
        state=state,
        rows=len(reading.records),
        detail=" ".join(remarks),
        origins=(
            Origin(
                name=reading.sql, rows=len(reading.records), problem=reading.problem.message if reading.problem else ""
            ),
        ),
        pages=reading.pages,
        counted_before=reading.counted_before,
        counted_after=reading.counted_after,
        columns_dropped=reading.dropped,
        started=reading.started,
        finished=reading.finished,
        canaries=proof.canaries if state in (State.COLLECTED, State.PARTIAL) else (),
    )


def outcome(reading: Reading[Any]) -> tuple[State, list[str]]:
    """The state by how the read ended, and why."""
    problem = reading.problem
    if problem is None:
        return State.COLLECTED, []
    told = f"{problem.message} {problem.remedy}".rstrip()
    if reading.records:
        return State.PARTIAL, [f"The read broke off after {reading.pages} pages: {told}"]
    if isinstance(problem, HiddenTableError):
        same = "It says the same where the role may not read the table, and where a feature is off."
        return State.NOT_AVAILABLE, [told, same, str(reading.query.opener)]
    if isinstance(problem, NotPermittedError):
        return State.NOT_PERMITTED, [told, str(reading.query.opener)]
    if isinstance(problem, UnknownColumnError):
        return State.NOT_AVAILABLE, [told, f"Without it {reading.query.source} cannot be read."]
    refused = isinstance(problem, QueryRefusedError) and reading.query.grouped  # it is not confirmed that it is offered
    return State.NOT_AVAILABLE if refused else State.FAILED, [told]


def _doubts(reading: Reading[Any], proof: Proof, *, empty_is_proven: bool) -> list[str]:
    """Why rows that came back without an error may still not be all, or not say all."""
    query = reading.query
    before, after, rows = reading.counted_before, reading.counted_after, reading.rows
    doubts = []
    if before is None or after is None:
        doubts.append("NetSuite did not count the rows, so nothing proves that all of them came.")
    elif not before == after == rows:
        doubts.append(
            f"The table changed while it was read, or rows were held back: {before} counted before, {rows} read,"
            f" {after} counted after, and no better the second time. Run the audit again at a quieter hour."
        )
    if reading.repeated:
        doubts.append(f"{reading.repeated} rows came twice, so others may not have come at all.")
    if reading.disorder:
        doubts.append(f"The pages cannot be trusted: {reading.disorder}.")
    doubts += [f"{count} rows lack {name}, which every row has." for name, count in reading.missing.items()]
    doubts += [f"No row has {name}, which some must have." for name in reading.absent if rows]
    if not rows and not empty_is_proven:
        doubts.append(f"No row came back, and that proves nothing: {query.empty_doubt}. {query.opener}")
    doubts += [
        f"Not among the rows: {canary.what}. So rows are missing." for canary in proof.canaries if not canary.found
    ]
    needed = {*query.needed, *query.somewhere} & set(reading.lost)
    if needed:
        doubts.append(f"Without the column {', '.join(sorted(needed))} the rows do not say what they must.")
    return doubts


def dropped_columns(reading: Reading[Any]) -> str:
    """The columns that NetSuite does not know, as a remark."""
    columns = ", ".join(reading.dropped)
    return f"NetSuite does not know these columns of {reading.query.source}, so what they say is not given: {columns}."
