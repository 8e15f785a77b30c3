"""What follows a sealed run: it is copied, people are told. Whatever becomes of that, the run stays what it is."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from auditor.cli.logs import LogFileOption, LogFormat, LogFormatOption, LogLevelOption, logged
from auditor.config import Deliveries, NotifySettings, UploadSettings

_log = logging.getLogger(__name__)
_FAILED = 4
T = TypeVar("T")

RunArgument = Annotated[Path, typer.Argument(metavar="RUN", help="A run folder, as `auditor audit` writes it.")]
ConfigOption = Annotated[
    Path, typer.Option("--config", "-c", help=r"accounts.toml, of which only \[\[notify]] and \[upload] are read.")
]
RouteOption = Annotated[
    list[str] | None, typer.Option("--route", help="Tell this route only, by its name; may be repeated.")
]


def deliver(deliveries: Deliveries, place: Path, *, tell: bool = True) -> None:
    """Copy the run in *place*, and tell of it whom it concerns. What goes wrong is logged and recorded, no more."""
    copy = ""
    if target := deliveries.upload:
        problem = _upload(target, place)
        copy = f"The copy to {target.url} failed: {problem}" if problem else f"Copy: {target.url}"
    if tell and deliveries.notify:
        _tell(deliveries.notify, place, copy, always=False)


def notify(
    run_folder: RunArgument,
    config: ConfigOption,
    route: RouteOption = None,
    log_format: LogFormatOption = LogFormat.AUTO,
    log_level: LogLevelOption = None,
    log_file: LogFileOption = None,
) -> None:
    """Tell the routes of a run again, whatever they usually are told of: to try them, or after one has failed."""
    with logged(log_format, log_level, log_file):
        place = _whole(run_folder)
        routes = _picked(_deliveries(config), route or (), config)
        problems = _tell(routes, place, "", always=True)
    _end({f"route {name}": problem for name, problem in problems.items()})


def upload(
    run_folder: RunArgument,
    config: ConfigOption,
    log_format: LogFormatOption = LogFormat.AUTO,
    log_level: LogLevelOption = None,
    log_file: LogFileOption = None,
) -> None:
    """Copy a run to where the configuration says, or see that the copy there is whole."""
    from auditor.errors import ConfigurationError

    with logged(log_format, log_level, log_file):
        place = _whole(run_folder)
        target = _deliveries(config).upload
        if target is None:
            raise ConfigurationError(f"{config}: there is no [upload] table.", 'Add one with url = "…".')
        problem = _upload(target, place)
    _end({target.url: problem})


def _deliveries(config: Path) -> Deliveries:
    from auditor.config import load_deliveries

    return load_deliveries(config)


def _whole(run_folder: Path) -> Path:
    """The run folder itself, verified: `latest` may be pointed elsewhere, and what was changed is not passed on."""
    from auditor.cli.kept import KeptRun

    KeptRun(run_folder)
    return run_folder.resolve()


def _picked(deliveries: Deliveries, names: Sequence[str], config: Path) -> tuple[NotifySettings, ...]:
    from auditor.errors import ConfigurationError

    known = {route.name: route for route in deliveries.notify}
    if not known:
        raise ConfigurationError(f"{config}: there is no [[notify]] table.", "Add one with name and url.")
    for name in names:
        if name not in known:
            raise ConfigurationError(f"--route {name}: there is no such route.", f"There are {', '.join(known)}.")
    return tuple(known[name] for name in dict.fromkeys(names or known))


def _upload(target: UploadSettings, place: Path) -> str:
    from auditor.delivery.outcome import BEGUN, UPLOAD
    from auditor.delivery.upload import upload as copy_to

    record = _recorder(place, UPLOAD)
    record(BEGUN)
    problem = copy_to(target, place)
    record(problem)
    if problem:
        _log.warning("the run could not be copied to %s: %s", target.url, problem)
    else:
        _log.info("the run is copied to %s, and was read back", target.url)
    return problem


def _tell(routes: tuple[NotifySettings, ...], place: Path, copy: str, *, always: bool) -> dict[str, str]:
    """What became of each route that is told."""
    from auditor.delivery.outcome import NOTIFY

    def one(route: NotifySettings) -> str | None:
        record = _recorder(place, NOTIFY, route.name)
        problem = _told(route, place, copy, record, always=always)
        if problem is not None:
            record(problem)
        if problem:
            _log.warning("route %s could not be told of the run: %s", route.name, problem)
        else:
            _log.info("route %s %s", route.name, "has nothing to be told of" if problem is None else "is told")
        return problem

    answers = dict(zip([route.name for route in routes], side_by_side(routes, one), strict=True))
    return {name: problem for name, problem in answers.items() if problem is not None}


def side_by_side(routes: tuple[NotifySettings, ...], one: Callable[[NotifySettings], T]) -> list[T]:
    """What *one* gives for each route, each in a thread of its own, so that none waits for another."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(max_workers=len(routes), thread_name_prefix="route") as pool:
        return list(pool.map(one, routes))


def _told(route: NotifySettings, place: Path, copy: str, record: Callable[[str], None], *, always: bool) -> str | None:
    """Why *route* could not be told, empty if it was; None if there is nothing that it is to be told of."""
    from auditor.delivery.news import news
    from auditor.delivery.notify import tell, wanted
    from auditor.delivery.outcome import BEGUN
    from auditor.errors import EvidenceError

    try:
        what = news(place, _told_before(place, route))
    except EvidenceError as error:
        return str(error)
    if not always and not wanted(route, what):
        return None
    record(BEGUN)
    return tell(route, what, place, copy)


def _told_before(place: Path, route: NotifySettings) -> Iterator[Path]:
    """The audits before the one in *place*, newest first, from the last that did not fail to reach *route* on.

    What a route was not told when it failed is news to it still.
    """
    from auditor.delivery.outcome import failed
    from auditor.evidence.chain import audits, link_at

    here = link_at(place)
    reached = False
    for link in audits(place.parent):
        if here is None or link.number >= here.number:
            continue
        reached = reached or not any(each.route == route.name for each in failed(place.parent, link.place.name))
        if reached:
            yield link.place


def _recorder(place: Path, kind: str, route: str = "") -> Callable[[str], None]:
    """Records what became of a delivery. A record that cannot be written is logged: the run is whole without it."""
    from auditor.cli.runs import clock, moment
    from auditor.delivery.outcome import Outcome, keep
    from auditor.errors import EvidenceError

    def record(problem: str) -> None:
        at = moment(clock())
        try:
            keep(place.parent, [Outcome(run=place.name, at=at, kind=kind, route=route, problem=problem)])
        except EvidenceError as error:
            _log.warning("what became of a delivery is not recorded: %s", error)

    return record


def _end(problems: dict[str, str]) -> None:
    from auditor.reports.text import printable

    for name, problem in problems.items():
        print(printable(f"{name}: {problem or 'delivered'}"))
    raise typer.Exit(_FAILED if any(problems.values()) else 0)
