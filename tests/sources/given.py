"""Makes inputs: role files and tables written by a few lines of our own, and the snapshot that comes of a folder."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from auditor.model import Coverage, Snapshot, State, Table
from auditor.sources.files import FileSource

TAKEN = "2026-11-21T02:00:00Z"
EXAMPLES = Path(__file__).parents[2] / "examples"

# How much may be concluded from a table: everything, something, nothing.
WORTH = {State.COLLECTED: 2, State.PARTIAL: 1}


def role_xml(
    scriptid: str = "customrole1001",
    name: str = "Clerk",
    rows: Iterable[tuple[str, ...]] = (),
    *,
    extra: str = "",
    scalars: Mapping[str, str] | None = None,
) -> bytes:
    """A role file; *rows* are (permkey, permlevel) or (permkey, permlevel, restriction)."""

    def text(value: str) -> str:
        return escape(value, {"\r": "&#13;"})

    permissions = "".join(
        "<permission>"
        + f"<permkey>{text(row[0])}</permkey><permlevel>{text(row[1])}</permlevel>"
        + (f"<restriction>{text(row[2])}</restriction>" if len(row) > 2 else "<restriction/>")
        + "</permission>"
        for row in rows
    )
    others = "".join(f"<{tag}>{text(value)}</{tag}>" for tag, value in (scalars or {}).items())
    return (
        f"<role scriptid={quoteattr(scriptid)}>{others}<name>{text(name)}</name>{extra}"
        f"<permissions>{permissions}</permissions></role>\n"
    ).encode()


def table(header: Iterable[str], rows: Iterable[Iterable[str]], *, delimiter: str = ",", end: str = "\r\n") -> str:
    out = io.StringIO(newline="")
    rows = [list(row) for row in rows]
    # The writer leaves line breaks unquoted that are not the one it ends lines with.
    broken = any("\r" in cell or "\n" in cell for row in rows for cell in row)
    quoting = csv.QUOTE_ALL if broken else csv.QUOTE_MINIMAL
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


ROLES = table(
    ["Name", "Permission", "Level"],
    [["Clerk", "Accounts", "View"], ["Clerk", "Vendors", "Edit"], ["Boss", "Accounts", "Full"]],
)
TOKENS = table(
    ["Internal ID", "Token Name", "Application Name", "User", "Role", "Inactive", "Revoked"],
    [["7", "T", "Expensify", "Ana Ortiz", "Clerk", "No", "No"]],
)
USERS = table(
    ["Name", "Email", "Role", "Phone"],
    [["Ana Ortiz", "ana@example.com", "Clerk", "555"], ["Ana Ortiz", "ana@example.com", "Boss", ""]],
)
GLOBALS = table(
    ["Internal ID", "Name", "Email", "Global Permission", "Global Permission Level"],
    [["12", "Ana Ortiz", "ana@example.com", "SOAP Web Services", "None"]],
)


def write(folder: Path, files: Mapping[str, bytes | str]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def collect(folder: Path, files: Mapping[str, bytes | str]) -> Snapshot:
    return FileSource("1234567", write(folder, files)).collect(TAKEN)


def state(snapshot: Snapshot, kind: Table) -> State:
    return snapshot.covered(kind).state


def problem(coverage: Coverage) -> str:
    """The problems of all its files, in one text."""
    return " ".join(origin.problem for origin in coverage.origins if origin.problem)


def notes(snapshot: Snapshot) -> str:
    return "\n".join(f"{note.subject}: {note.text}" for note in snapshot.notes)
