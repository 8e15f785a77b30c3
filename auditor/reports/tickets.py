"""The change requests as files that Jira and ServiceNow import: one ticket for each change that has none yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from auditor.model import AccountResult, Run, Severity
from auditor.reports.delimited import comma_separated
from auditor.reports.workbook.change_requests import ChangeRequest, change_requests
from auditor.reports.workbook.reviewed import reviewed

_SETTLED = ("rejected", "done")
_LONGEST_LINE = 160
"""ServiceNow's length of a short description; Jira takes 255."""
_LONGEST_TEXT = 4_000
"""ServiceNow's length of a description; Jira takes 32,767."""
_CUT = " … [cut; the workbook has it whole]"
_JIRA_PRIORITY = {
    Severity.CRITICAL: "Highest",
    Severity.HIGH: "High",
    Severity.MEDIUM: "Medium",
    Severity.LOW: "Low",
    Severity.INFO: "Lowest",
}
_SERVICENOW_IMPACT = {
    Severity.CRITICAL: "1",
    Severity.HIGH: "2",
    Severity.MEDIUM: "2",
    Severity.LOW: "3",
    Severity.INFO: "3",
}
_JIRA = ("Summary", "Issue Type", "Priority", "Labels", "Labels", "External ID", "Description")
_SERVICENOW = (
    "short_description",
    "description",
    "justification",
    "implementation_plan",
    "test_plan",
    "backout_plan",
    "type",
    "impact",
    "urgency",
    "correlation_id",
    "correlation_display",
)


class JiraCsv:
    """Writes ``changes-jira.csv``: the columns of Jira's CSV import, which maps them by name."""

    filename = "changes-jira.csv"

    def render(self, result: AccountResult, run: Run) -> bytes:
        return _written(_JIRA, (_jira_row(request) for request in _without_ticket(result, run)))


class ServiceNowCsv:
    """Writes ``changes-servicenow.csv``: field names of the table ``change_request``, to coalesce on correlation_id."""

    filename = "changes-servicenow.csv"

    def render(self, result: AccountResult, run: Run) -> bytes:
        return _written(_SERVICENOW, (_servicenow_row(request) for request in _without_ticket(result, run)))


def _written(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    return comma_separated(header, ([_bounded(text) for text in row] for row in rows))


def _bounded(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - len(_CUT)] + _CUT


def _without_ticket(result: AccountResult, run: Run) -> Iterator[ChangeRequest]:
    """A change that bears a ticket in the last workbook, or was decided against, would be imported twice or in vain."""
    requests = change_requests(result)
    reviews = reviewed(result, run, requests).reviews
    for request in requests:
        review = reviews.get(request.finding)
        if review is None or not (review.ticket or review.decision in _SETTLED):
            yield request


def _jira_row(request: ChangeRequest) -> tuple[str, ...]:
    description = "\n\n".join((_what(request), _why(request), f"What to do:\n{_numbered(request)}", _known_by(request)))
    return (
        _line(request),
        "Task",
        _JIRA_PRIORITY[request.severity],
        "netsuite-auditor",
        "-".join(("netsuite", request.account)),
        request.finding,
        description,
    )


def _servicenow_row(request: ChangeRequest) -> tuple[str, ...]:
    impact = _SERVICENOW_IMPACT[request.severity]
    before = request.from_level.value if request.from_level else ""
    backout = f"Set {request.label} back to {before}." if request.sets_level else "Undo the steps in reverse order."
    return (
        _line(request),
        f"{_what(request)}\n{_known_by(request)}",
        _why(request),
        _numbered(request),
        "Run the audit again: the finding is then passed, and the row stands on the workbook's sheet Done.",
        backout,
        "normal",
        impact,
        impact,
        request.finding,
        "netsuite-auditor",
    )


def _line(request: ChangeRequest) -> str:
    """The change on one line: account, role and permission first, so that a list of tickets can be read."""
    if request.sets_level and request.to_level:
        text = f"NetSuite {request.account}: set {request.label} to {request.to_level.value} on role {request.name}"
    else:
        text = f"NetSuite {request.account}: {request.why[0]}"
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_LINE else f"{line[: _LONGEST_LINE - 2]} …"


def _what(request: ChangeRequest) -> str:
    rows = [f"Account: {request.account}", f"{request.kind.value.capitalize()}: {request.name} (id {request.id})"]
    if request.permission:
        rows.append(f"Permission: {request.label} ({request.permission}), sub-tab {request.subtab}")
    if request.sets_level and request.from_level and request.to_level:
        rows.append(f"Level: from {request.from_level.value} to {request.to_level.value}")
    return "\n".join(rows)


def _why(request: ChangeRequest) -> str:
    codes = f"\nError codes: {', '.join(request.codes)}" if request.codes else ""
    return "\n".join(request.why) + codes


def _numbered(request: ChangeRequest) -> str:
    return "\n".join(f"{number}. {step}" for number, step in enumerate(request.steps, 1))


def _known_by(request: ChangeRequest) -> str:
    ids = ", ".join((request.finding, *request.also))
    return f"Finding of netsuite-auditor: {ids} (severity {request.severity.value})"
