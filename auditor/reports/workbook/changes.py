"""``changes.xlsx``: the workbook of one account, from verdict to change request."""

from __future__ import annotations

from auditor.model import AccountResult, Run, Table
from auditor.reports.workbook.book import Book, collector_paused
from auditor.reports.workbook.change_requests import change_requests
from auditor.reports.workbook.coverage import covered, write_coverage
from auditor.reports.workbook.done import closed_rows, write_done, write_on_hold
from auditor.reports.workbook.drift import drift_rows, write_drift
from auditor.reports.workbook.findings import finding_rows, worst_first, write_findings
from auditor.reports.workbook.inventory import role_rows, token_rows, write_roles, write_tokens
from auditor.reports.workbook.matrix import matrix, write_matrix
from auditor.reports.workbook.overview import write_overview
from auditor.reports.workbook.places import (
    BY_PERMISSION,
    COVERAGE,
    DONE,
    DRIFT,
    FINDINGS,
    MATRIX,
    ON_HOLD,
    REQUESTS,
    ROLES,
    TOKENS,
    VERDICTS,
    Places,
)
from auditor.reports.workbook.requests import (
    permission_rows,
    review_rows,
    write_by_permission,
    write_requests,
)
from auditor.reports.workbook.reviewed import reviewed
from auditor.reports.workbook.token_verdicts import verdict_rows, write_verdicts


class ChangesWorkbook:
    """Writes ``changes.xlsx``: the same bytes for the same result and run."""

    filename = "changes.xlsx"

    @collector_paused()
    def render(self, result: AccountResult, run: Run) -> bytes:
        findings = worst_first(result.findings)
        levels = matrix(result)
        places = Places(findings, levels.role_cells())
        requests = change_requests(result)
        past = reviewed(result, run, requests)
        changes = review_rows(requests, past, places)
        on_hold, done = closed_rows(past.on_hold, places), closed_rows(past.done, places)
        by_permission = permission_rows(requests, places)
        roles = role_rows(result.distances, places)
        tokens = token_rows(result.tokens)
        drift = drift_rows(result)
        verdicts = verdict_rows(result.tokens, places)
        book = Book(run, f"Audit of NetSuite account {result.account}", f"Account {result.account}")
        index = (
            (
                REQUESTS,
                len(changes),
                "What to change in NetSuite, one row each, with room for owner, decision and ticket.",
            ),
            (
                BY_PERMISSION,
                len(by_permission),
                "The same level changes, grouped as NetSuite's mass update takes them.",
            ),
            (ON_HOLD, len(on_hold), "Earlier change requests of which nothing tonight shows whether they are done."),
            (DONE, len(done), "Earlier change requests that are done, with what was written beside them."),
            (MATRIX, len(levels.permissions), "Each asked permission and the level that every role has."),
            (FINDINGS, len(findings), "Everything that was judged, passed too, with reason and fix."),
            (TOKENS, len(tokens), "Every access token, its state and its verdict."),
            (VERDICTS, len(verdicts), "The chain of each token, the causes that hold, every level, and the whole fix."),
            (ROLES, len(roles), "Every role and how far it is from each baseline."),
            (DRIFT, len(drift), "What changed since the account was read last, and what is resolved."),
            (COVERAGE, None, "What was read and from where, and what could not be."),
        )
        write_overview(book, result, run, index)
        write_requests(book, changes)
        write_by_permission(book, by_permission)
        write_on_hold(book, on_hold)
        write_done(book, done)
        write_matrix(book, levels, covered(result.snapshot, Table.ROLES, Table.ROLE_PERMISSIONS))
        write_findings(book, finding_rows(findings))
        write_tokens(book, result, tokens)
        write_verdicts(book, verdicts)
        write_roles(book, result, roles)
        write_drift(book, result, drift)
        write_coverage(book, result)
        return book.finish()
