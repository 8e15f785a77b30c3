"""Charts, where a picture says more than a number. Pygal draws them; they go into the PDF as vector images."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence

from msgspec import Struct

from auditor.model import AccountResult, Severity, Status
from auditor.reports.pdf.words import counted, listed, shown

MOST_BARS = 24
_WIDTH = 660
_BAR, _AROUND = 19, 74
_LONGEST_LABEL = 24
_TOLD = 6
_MOST_MARKS = 8
"""Numbers along the axis of counts, beside the 0."""
WORST_FIRST = tuple(sorted(Severity, key=lambda severity: -severity.rank))
COLOURS = {
    Severity.CRITICAL: "#5c1010",
    Severity.HIGH: "#b3261e",
    Severity.MEDIUM: "#d9812f",
    Severity.LOW: "#ecc85a",
    Severity.INFO: "#c3ccd4",
}
"""From dark to light, so that the order can be told in grey, too."""
_ON = dict.fromkeys(Severity, "#1d2733") | dict.fromkeys((Severity.CRITICAL, Severity.HIGH), "#ffffff")
_STYLE = re.compile(r"(<style[^>]*>).*?(</style>)", re.DOTALL)
_NOT_DRAWN = re.compile(r"<!--.*?-->|<script.*?</script>|<desc.*?</desc>|<title>.*?</title>", re.DOTALL)


class Chart(Struct, frozen=True, kw_only=True):
    """One picture. ``alt`` says in words what it shows, for those who cannot see it."""

    address: str
    """Where templates find it."""
    svg: bytes
    alt: str
    left_out: int
    """Bars that have no room."""


def failures_by_account(results: Iterable[AccountResult]) -> Chart | None:
    """Failed findings of each account by severity, *results* in the order of the bars; None for less than two bars."""
    bars = [(result.account, _by_severity(result)) for result in results]
    bars = [(account, counts) for account, counts in bars if any(counts)]
    if len(bars) < 2:  # noqa: PLR2004 - one bar compares nothing
        return None
    told = [f"{account[:_LONGEST_LABEL]} {in_words(counts)}" for account, counts in bars]
    return Chart(
        address="drawn/failures-by-account.svg",
        svg=_horizontal(bars[:MOST_BARS]),
        alt=f"Failed findings of {counted(len(bars), 'account')} by severity: {listed(told, _TOLD)}.",
        left_out=max(0, len(bars) - MOST_BARS),
    )


def _by_severity(result: AccountResult) -> list[int]:
    failed = [finding for finding in result.findings if finding.status is Status.FAIL and finding.waiver is None]
    return [sum(finding.severity is severity for finding in failed) for severity in WORST_FIRST]


def in_words(counts: Sequence[int]) -> str:
    """The counts of :data:`WORST_FIRST` that are not 0: ``7 high and 2 low``."""
    pairs = zip(counts, WORST_FIRST, strict=True)
    return " and ".join(f"{count:,} {severity.value}" for count, severity in pairs if count)


def _horizontal(bars: Sequence[tuple[str, Sequence[int]]]) -> bytes:
    """Horizontal bars, the first on top, each with its numbers in it."""
    upwards = list(reversed(bars))
    return stacked(
        "HorizontalStackedBar",
        [shown(account, _LONGEST_LABEL) for account, _ in upwards],
        [counts for _, counts in upwards],
        height=_AROUND + _BAR * len(bars),
        show_y_guides=False,
        print_values=True,
    )


def stacked(
    kind: str,
    labels: Sequence[str],
    bars: Sequence[Sequence[int]],
    *,
    height: int,
    show_y_guides: bool,
    print_values: bool,
) -> bytes:
    """A picture of *bars*, each with a count for every severity of :data:`WORST_FIRST`; *kind* is Pygal's class."""
    import pygal

    # Its finder of map plug-ins, which none of this needs, makes every later import of the program warn.
    sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != "pygal"]
    chart = getattr(pygal, kind)(
        width=_WIDTH,
        height=height,
        explicit_size=True,
        no_prefix=True,
        disable_xml_declaration=True,
        js=(),
        show_y_guides=show_y_guides,
        legend_at_bottom=True,
        legend_at_bottom_columns=len(WORST_FIRST),
        legend_box_size=9,
        print_values=print_values,
        value_formatter=lambda count: f"{count:,.0f}" if count else "",
        margin=2,
        spacing=8,
        truncate_label=-1,
        truncate_legend=-1,
    )
    chart.x_labels = labels
    chart.y_labels = _scale(max(sum(counts) for counts in bars))
    for index, severity in enumerate(WORST_FIRST):
        chart.add(severity.value, [counts[index] or None for counts in bars])
    return _self_contained(chart.render(is_unicode=True))


def _scale(most: int) -> list[int]:
    """Whole numbers from 0 to past *most*, in steps of 1, 2 or 5 and their tens. Pygal's own come in fractions."""
    tens = 1
    while most > _MOST_MARKS * 5 * tens:
        tens *= 10
    step = next(each * tens for each in (1, 2, 5) if most <= _MOST_MARKS * each * tens)
    return list(range(0, most + step, step))


def _css() -> str:
    """The chart's whole style. Pygal's own is for a screen: it has effects, and selectors that WeasyPrint drops."""
    series = "".join(
        f".bars .color-{index}, .color-{index} .rect, rect.color-{index} {{ fill: {COLOURS[severity]} }}"
        f".text-overlay .color-{index} text {{ fill: {_ON[severity]} }}"
        for index, severity in enumerate(WORST_FIRST)
    )
    return (
        "text { font: 9px 'Auditor Sans'; fill: #1d2733 } .background, .tooltip { fill: none }"
        ".axis.y text { text-anchor: end } .axis.x text, .text-overlay text { text-anchor: middle }"
        ".axis .line { stroke: #5b6875 } .axis .guide.line { fill: none; stroke: #d5dbe1; stroke-width: .6 }"
        ".horizontal .axis.y .guide.line { opacity: 0 }" + series
    )


def _self_contained(svg: str) -> bytes:
    """*svg* without the day on which it was drawn, its script, and what only a pointer could bring up."""
    styled = _STYLE.sub(lambda found: f"{found[1]}{_css()}{found[2]}", svg, count=1)
    return _NOT_DRAWN.sub("", styled).replace('id="" ', "").encode("utf-8")
