"""A night that writes no run: the operator's routes hear of it, since there is no report that could say so.

Whatever the routes' own limits, all of them are told, and every time: nothing that they usually are told of is known.
"""

from __future__ import annotations

import logging
import platform
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import typer

from auditor.cli.logs import logged
from auditor.config import NotifySettings
from auditor.errors import AuditorError, ConfigurationError, EvidenceError

if TYPE_CHECKING:
    from auditor.delivery.message import Message

_log = logging.getLogger(__name__)
_STOPPED = 130
_BUG = 1


class Course:
    """How far an audit has come, for whoever has to say why it ended."""

    def __init__(self) -> None:
        self.log: Callable[[], AbstractContextManager[None]] = logged
        """Opens the command's own log, once it is known that it can be."""
        self.out: Path | None = None
        """The folder of the run folders, once it is known."""
        self.place: Path | None = None
        """Where the run folder will be; it is there if the run was written."""
        self.over = False
        """The run is in place, and what follows tells of itself."""


@contextmanager
def telling_of_no_run(config: Path | None) -> Iterator[Course]:
    """Tell the routes of *config* if the audit in this block ends before its run is written. None tells nobody.

    It ends as it would have, whatever becomes of the notifications.
    """
    course = Course()
    with ExitStack() as stack:
        if config is not None:
            stack.push(partial(_told_of_the_end, config, course))
        stack.enter_context(_terminated_as_by_ctrl_c())
        yield course


def _told_of_the_end(
    config: Path, course: Course, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None
) -> None:
    """What an exit stack calls, so that the error goes on as it is: a fault of the program's is no exception."""
    if error is None or course.over:
        return
    if isinstance(error, KeyboardInterrupt):
        remedy = "Start it again, unless whoever stopped it will."
        _tell(config, course, "The audit was stopped, by Ctrl-C or SIGTERM.", remedy, _STOPPED)
    elif not isinstance(error, typer.Exit):
        cause = f"The program met something that it was not made for ({type(error).__name__})."
        _tell(config, course, cause, "Please report it with the log of this run.", _BUG)
    elif isinstance(error.__cause__, AuditorError):
        told = error.__cause__
        _tell(config, course, told.message, told.remedy, error.exit_code, course.log)


@contextmanager
def _terminated_as_by_ctrl_c() -> Iterator[None]:
    """SIGTERM, which schedulers send, does what Ctrl-C does. By itself it would end the program without a word."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _tell(
    config: Path,
    course: Course,
    cause: str,
    remedy: str,
    code: int,
    log: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> None:
    """*log* opens the log again where it is closed by now."""
    from auditor.config import load_deliveries
    from auditor.delivery.message import Ended, no_run

    with log():
        try:
            routes = load_deliveries(config).notify
        except ConfigurationError:  # which has ended the command, and been told of
            _log.debug("nobody is told that no run was written: %s does not say whom", config)
            return
        if routes:
            written = course.place if course.place and course.place.exists() else None
            where = f"{config.absolute()} on {platform.node()}"
            ended = Ended(cause=cause, remedy=remedy, exit_code=code, configuration=where, written=written)
            _each(routes, no_run(ended, "" if written else _last(course.out)))


def _each(routes: tuple[NotifySettings, ...], text: Message) -> None:
    from auditor.cli.delivering import side_by_side
    from auditor.delivery.notify import tell_plainly

    def one(route: NotifySettings) -> None:
        if problem := tell_plainly(route, text):
            _log.error("route %s could not be told that no run was written: %s", route.name, problem)
        else:
            _log.info("route %s is told that no run was written", route.name)

    side_by_side(routes, one)


def _last(out: Path | None) -> str:
    """The last audit in *out*; empty where it is not known."""
    from auditor.evidence.chain import last_audit

    if out is not None:
        with suppress(EvidenceError):
            if last := last_audit(out):
                return f"{last.run} in {out}"
    return ""
