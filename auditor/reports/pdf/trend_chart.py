"""How many findings were open after each of the last runs: a chart, and in words what became of them."""

from __future__ import annotations

from msgspec import Struct

from auditor.model import Trend, TrendPoint
from auditor.reports.pdf.charts import WORST_FIRST, Chart, in_words, stacked
from auditor.reports.pdf.words import counted, moment

_HEIGHT = 190
_MOST_NUMBERED = 14
"""Bars that are wide enough for a number in each piece."""
_MOST_LABELS = 8
_DAY = 24 * 60 * 60


class TrendView(Struct, frozen=True, kw_only=True):
    """The chart and what stands under it."""

    chart: Chart
    runs: int
    since_before: str
    """What this run found new, and what was resolved."""
    mending: str
    """How long mending took; empty where nothing was mended yet."""


def trend_view(trend: Trend | None) -> TrendView | None:
    """None where no history is kept, it has one run only, or nothing was open after any."""
    points = trend.points if trend else ()
    if trend is None or len(points) < 2 or not any(point.total for point in points):  # noqa: PLR2004 - one bar is no trend
        return None
    last = points[-1]
    return TrendView(
        chart=Chart(
            address="drawn/open-findings-by-run.svg",
            svg=stacked(
                "StackedBar",
                _labels(points),
                [_counts(point) for point in points],
                height=_HEIGHT,
                show_y_guides=True,
                print_values=len(points) <= _MOST_NUMBERED,
            ),
            alt=_in_words(points),
            left_out=0,
        ),
        runs=len(points),
        since_before=f"This run found {last.opened:,} new or back again, and {last.resolved:,} resolved.",
        mending=_mending(trend),
    )


def _counts(point: TrendPoint) -> list[int]:
    return [max(0, point.open.get(severity, 0)) for severity in WORST_FIRST]


def _labels(points: tuple[TrendPoint, ...]) -> list[str]:
    """The day of each run, with the hour where days have several; only so many that they do not touch."""
    whole = [moment(point.started) for point in points]
    days = [each.partition(",")[0].rpartition(" ")[0] for each in whole]
    if len(set(days)) < len(days):
        days = [f"{day}, {each.partition(', ')[2].removesuffix(' UTC')}" for day, each in zip(days, whole, strict=True)]
    every = -(-len(points) // _MOST_LABELS)
    # Counted from the last one, which is this run.
    return [day if (len(days) - 1 - place) % every == 0 else "" for place, day in enumerate(days)]


def _in_words(points: tuple[TrendPoint, ...]) -> str:
    first, last = points[0], points[-1]
    peak = max(points, key=lambda point: point.total)
    return (
        f"Open findings after each of {counted(len(points), 'run')}, by severity: {_told(first)} after the first, "
        f"{moment(first.started)}; {_told(last)} after this one. "
        f"The most were {peak.total:,}, {moment(peak.started)}."
    )


def _told(point: TrendPoint) -> str:
    return in_words(_counts(point)) or "none"


def _mending(trend: Trend) -> str:
    if trend.seconds_to_mend is None:
        return ""
    days = trend.seconds_to_mend / _DAY
    took = f"{days:,.1f} days" if days >= 2 else f"{days * 24:.1f} hours"  # noqa: PLR2004 - as ``auditor trend`` says it
    return f"Mending took {took} on average, over {counted(trend.mended, 'finding')} mended so far."
