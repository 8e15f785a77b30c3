"""How a log record looks as a line: plain for people, JSON for machines.

An exception shows where it was raised and of what type it is, and not its words: these may hold whatever the program
had in hand, a secret or somebody's name.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TypeAlias

from pythonjsonlogger.json import JsonFormatter

from auditor.reports.text import printable

OURS = "auditor"
FIELDS = (
    "run",
    "account",
    "table",
    "page",
    "rows",
    "attempt",
    "seconds",
    "fault",
    "verdict",
    "remedy",
    "exit_code",
)
"""What a record may say beside its message, in the order in which a line says it. Nothing else gets into a line."""

Raised: TypeAlias = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)  # as logging has it


class PlainLine(logging.Formatter):
    """``account 1234567: role: asking again: BusyError (attempt 3, 1.2 s)``; in a file, time and level go before it."""

    def __init__(self, *, timed: bool) -> None:
        super().__init__()
        self._timed = timed

    def format(self, record: logging.LogRecord) -> str:
        said = vars(record)
        account = said.get("account")
        where = [f"account {account}" if account else OURS]
        where += [str(said["table"])] if said.get("table") else []
        details = ", ".join(_details(said))
        line = _one_line(f"{': '.join([*where, record.getMessage()])}{f' ({details})' if details else ''}")
        if said.get("remedy") and not account:
            line += f"\n  {_one_line(str(said['remedy']))}"
        if record.exc_info:
            line += f"\n{frames(record.exc_info)}"
        return f"{moment(record)} {record.levelname.lower()} {line}" if self._timed else line


class JsonLine(JsonFormatter):
    """One JSON object, in ASCII, so that no character of the other side's does anything to whoever looks at it."""

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        said = vars(record)
        log_data["time"] = moment(record)
        log_data["level"] = record.levelname.lower()
        log_data.update((name, said[name]) for name in FIELDS if said.get(name) not in (None, ""))
        log_data["message"] = record.getMessage()
        if not is_ours(record):
            log_data["logger"] = record.name
        if "exc_info" in message_dict:
            log_data["traceback"] = message_dict["exc_info"]

    def formatException(self, ei: Any) -> str:  # noqa: N802  (logging's own name)
        return frames(ei)


def is_ours(record: logging.LogRecord) -> bool:
    """Whether a record is the program's own, and not a library's."""
    return record.name.partition(".")[0] == OURS


def moment(record: logging.LogRecord) -> str:
    """When: UTC, ISO 8601 with milliseconds."""
    text = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def frames(raised: Raised) -> str:
    """The traceback of an exception and of those behind it, oldest first, each with its type alone."""
    return "\n".join(
        f"Traceback (most recent call last):\n{''.join(traceback.extract_tb(error.__traceback__).format())}"
        f"{type(error).__module__}.{type(error).__qualname__}"
        for error in reversed(list(_chain(raised[1])))
    )


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _one_line(text: str) -> str:
    """*text* without line ends: nobody outside is to write lines of our log."""
    return " ".join(printable(text).split())


def _details(said: dict[str, Any]) -> Iterator[str]:
    if said.get("page"):
        yield f"page {said['page']}"
    if said.get("rows") is not None:
        yield f"{said['rows']:,} rows"
    if said.get("attempt"):
        yield f"attempt {said['attempt']}"
    if said.get("seconds") is not None:
        yield f"{said['seconds']:.1f} s"
    if said.get("fault"):
        yield str(said["fault"])
