"""Where the log goes and what of it: plain lines for a person, JSON lines for a job, or a file.

The libraries beneath are let speak from warnings up, whatever level is asked for: below that one of them logs whole
messages with their tokens. Those that set the reports warn of every style that they do not know, and are let speak
from errors up, or from warnings up where the log is to say everything.
"""

from __future__ import annotations

import enum
import logging
import logging.handlers
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.errors import AuditorError, ConfigurationError

if TYPE_CHECKING:
    from auditor.cli.log_lines import JsonLine, PlainLine

_OURS = "auditor"
_TYPESETTING = ("weasyprint", "fontTools")

_log = logging.getLogger(__name__)


class LogFormat(enum.Enum):
    """``AUTO``: plain on a terminal, else JSON."""

    AUTO = "auto"
    PLAIN = "plain"
    JSON = "json"


class LogLevel(enum.Enum):
    """The lowest level that is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"

    @property
    def number(self) -> int:
        return logging.getLevelNamesMapping()[self.name]


LogFormatOption = Annotated[
    LogFormat,
    typer.Option(
        "--log-format", envvar="AUDITOR_LOG_FORMAT", help="auto: plain lines on a terminal, JSON lines elsewhere."
    ),
]
LogLevelOption = Annotated[
    LogLevel | None,
    typer.Option("--log-level", envvar="AUDITOR_LOG_LEVEL", help="Default: info in JSON or a file, warning in plain."),
]
LogFileOption = Annotated[
    Path | None,
    typer.Option("--log-file", envvar="AUDITOR_LOG_FILE", help="Add the log to this file, as JSON unless told plain."),
]


@contextmanager
def logged(
    shape: LogFormat = LogFormat.AUTO, level: LogLevel | None = None, file: Path | None = None
) -> Iterator[None]:
    """Log while the block runs. An error that a user can mend ends the command, is logged, and gives its exit code.

    Whatever else is raised is a bug, and is logged as one when it ends the program: its words are not shown.
    """
    from auditor.cli.terminal import errors_end_the_command

    with errors_end_the_command():
        handlers = _handlers(shape, level, file)
    _install(handlers)
    before, sys.excepthook = sys.excepthook, _tell_of_bug
    try:
        yield
    except AuditorError as error:
        _log.error(error.message, extra={"remedy": error.remedy, "exit_code": error.exit_code})
        sys.excepthook = before
        _remove()
        raise typer.Exit(error.exit_code) from error
    # Not in a finally clause: what passes by here is told of by the excepthook, which needs the handlers.
    sys.excepthook = before
    _remove()


def name_run(run: str) -> None:
    """Give every record from now on the id of the run that it belongs to."""
    for handler in _installed():
        handler.run = run


def speaks_json_on_standard_error() -> bool:
    """Whether nothing but JSON lines may be written to standard error."""
    return any(isinstance(handler, _StandardError) and handler.json for handler in _installed())


def _handlers(shape: LogFormat, level: LogLevel | None, file: Path | None) -> list[_Handler]:
    """Standard error's handler, and the file's. With a file, standard error is left to what a person must see."""
    from auditor.cli.log_lines import JsonLine, PlainLine

    json = shape is LogFormat.JSON or (shape is LogFormat.AUTO and not sys.stderr.isatty())
    if file:
        form = PlainLine(timed=True) if shape is LogFormat.PLAIN else JsonLine()
        return [
            _StandardError(logging.WARNING, PlainLine(timed=False)),
            _LogFile(file, (level or LogLevel.INFO).number, form),
        ]
    least = level or (LogLevel.INFO if json else LogLevel.WARNING)
    return [_StandardError(least.number, JsonLine() if json else PlainLine(timed=False), json=json)]


class _Handler(logging.Handler):
    """A handler of this program, with the run that its records belong to."""

    run = ""
    least = logging.WARNING
    outcomes = False
    """What became of each account is told, whatever the level."""

    def filter(self, record: logging.LogRecord) -> bool:
        name = record.name.partition(".")[0]
        if name != _OURS:
            quiet = name in _TYPESETTING and self.least > logging.DEBUG
            return record.levelno >= max(self.least, logging.ERROR if quiet else logging.WARNING)
        record.run = self.run
        return record.levelno >= self.least or (self.outcomes and hasattr(record, "verdict"))


class _StandardError(_Handler):
    """Standard error as it is at the time: progress on a terminal replaces it while it runs, and keeps lines whole."""

    def __init__(self, least: int, form: JsonLine | PlainLine, *, json: bool = False) -> None:
        super().__init__()
        self.least = least
        self.json = json
        self.outcomes = not json
        self.setFormatter(form)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(f"{self.format(record)}\n")
            sys.stderr.flush()
        except (OSError, ValueError):  # closed, or nobody reads any more: the reports still count
            return


class _LogFile(_Handler, logging.handlers.WatchedFileHandler):
    """Adds to a file, which the system may rotate: it is opened anew when it was moved away."""

    def __init__(self, path: Path, least: int, form: JsonLine | PlainLine) -> None:
        try:
            super().__init__(path, encoding="utf-8", errors="backslashreplace")
        except OSError as error:
            raise ConfigurationError(
                f"The log file {path} cannot be written: {error.strerror}.",
                "Name another with --log-file, in a folder that is there.",
            ) from error
        self.least = least
        self._failed = False
        self.setFormatter(form)

    def _open(self) -> TextIOWrapper:
        """Made so that only its owner can read it; one that is there keeps its mode."""
        handle = os.open(self.baseFilename, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        return os.fdopen(handle, "a", encoding=self.encoding, errors=self.errors)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            super().emit(record)
        except OSError:  # the folder is gone, so that the file cannot be opened anew
            self.handleError(record)

    def close(self) -> None:
        with suppress(OSError):  # what could not be written then cannot be now
            super().close()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802  (logging's own name)
        """A full disk must not end an audit, nor be passed over: it is told once."""
        if not self._failed:
            self._failed = True
            sys.stderr.write(f"auditor: the log file {self.baseFilename} cannot be written any more\n")


def _install(handlers: list[_Handler]) -> None:
    _remove()
    logging.captureWarnings(True)
    for handler in handlers:
        logging.getLogger().addHandler(handler)
    logging.getLogger(_OURS).setLevel(min(logging.INFO, *(handler.least for handler in handlers)))


def _remove() -> None:
    for handler in _installed():
        logging.getLogger().removeHandler(handler)
        handler.close()
    logging.getLogger(_OURS).setLevel(logging.NOTSET)
    logging.captureWarnings(False)


def _installed() -> list[_Handler]:
    return [handler for handler in logging.getLogger().handlers if isinstance(handler, _Handler)]


def _tell_of_bug(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    _log.critical(
        "the program met something that it was not made for, and ended",
        exc_info=(kind, error, trace),
        extra={"remedy": "Please report it with this log."},
    )
