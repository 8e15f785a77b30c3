"""The chart of the summary, and the PDF for the archive, read back from outside."""

from __future__ import annotations

import msgspec
import pytest

from auditor.model import Severity, Status, Trend, TrendPoint
from auditor.reports.findings_json import FindingsJson
from auditor.reports.pdf import AccountPdf, SummaryPdf
from auditor.reports.pdf.charts import MOST_BARS, failures_by_account
from auditor.reports.pdf.trend_chart import trend_view
from auditor.reports.run_json import RunJson
from tests import samples
from tests.reports import pdf_reading as read
from tests.reports.hostile import HOSTILE

REPLACE = msgspec.structs.replace


def account(name: str, **failed: int):
    """A result of an account with so many failed findings of each severity."""
    one = next(finding for finding in samples.mixed_result().findings if finding.status is Status.FAIL)
    findings = tuple(
        REPLACE(one, id=f"{severity}{number}", severity=Severity(severity))
        for severity, count in failed.items()
        for number in range(count)
    )
    result = samples.mixed_result()
    return REPLACE(result, snapshot=REPLACE(result.snapshot, account=name), findings=findings)


WORST, SECOND, CLEAN = account("1111111", high=7, low=2), account("2222222_SB1", critical=1), account("3333333")


def test_the_chart_shows_each_failing_account_with_its_numbers():
    pdf = SummaryPdf().render(samples.run(WORST, SECOND, CLEAN))
    page = next(page for page in range(9) if "Failed findings by account and severity" in read.text(pdf, page))
    shown = read.text(pdf, page).partition("Failed findings by account and severity")[2]
    drawn = shown.partition("Requirement by account")[0].split()
    assert [word for word in drawn if word in ("1111111", "2222222_SB1", "3333333")] == ["2222222_SB1", "1111111"]
    assert {"7", "2", "1", "critical", "high", "medium", "low", "info"} <= set(drawn)


def test_who_cannot_see_it_is_told_what_it_shows():
    pdf = SummaryPdf().render(samples.run(WORST, SECOND, CLEAN))
    figures = [str(tag["/Alt"]) for tag in read.tags(pdf) if tag["/S"] == "/Figure" and "/Alt" in tag]
    told = "Failed findings of 2 accounts by severity: 1111111 7 high and 2 low, 2222222_SB1 1 critical."
    assert told in figures


def test_one_bar_compares_nothing_and_waived_findings_are_not_in_it():
    assert failures_by_account((WORST, CLEAN)) is None
    waived = REPLACE(SECOND, findings=tuple(REPLACE(each, waiver=samples.WAIVER) for each in SECOND.findings))
    assert failures_by_account((WORST, waived)) is None


def test_accounts_that_have_no_room_are_counted():
    many = [account(str(1_000_000 + number), high=1) for number in range(MOST_BARS + 5)]
    chart = failures_by_account(many)
    assert chart is not None
    assert chart.left_out == 5
    assert b"1000023" in chart.svg
    assert b"1000024" not in chart.svg
    assert "29 accounts" in chart.alt


def test_the_drawing_is_the_same_each_time_and_bears_no_script_and_no_day():
    chart = failures_by_account((WORST, SECOND))
    assert chart == failures_by_account((WORST, SECOND))
    assert b"script" not in chart.svg
    assert b"<!--" not in chart.svg


def night(day, *, opened=0, resolved=0, hour=2, **found):
    counts = {Severity(name): count for name, count in found.items()}
    return TrendPoint(
        run=f"r{day}-{hour}",
        started=f"2026-11-{day:02}T{hour:02}:00:00Z",
        open=counts,
        opened=opened,
        resolved=resolved,
        audited=2,
    )


THREE = (night(19, high=7, low=2), night(20, high=31, info=12), night(21, low=5, opened=1, resolved=39))


def test_the_trend_shows_what_was_open_after_each_run_and_says_it_in_words():
    trend = Trend(points=THREE, mended=39, seconds_to_mend=3 * 86_400)
    pdf = SummaryPdf().render(REPLACE(samples.run(CLEAN), trend=trend))
    shown = read.text(pdf).partition("Open findings over the last 3 runs")[2].partition("Requirement by account")[0]
    drawn = shown.split()
    assert {"31", "12", "7", "2", "5"} <= set(drawn)
    assert shown.index("19 November") < shown.index("20 November") < shown.index("21 November")
    assert "This run found 1 new or back again, and 39 resolved." in shown
    assert "Mending took 3.0 days on average, over 39 findings mended so far." in shown
    figures = [str(tag["/Alt"]) for tag in read.tags(pdf) if tag["/S"] == "/Figure" and "/Alt" in tag]
    assert (
        "Open findings after each of 3 runs, by severity: 7 high and 2 low after the first, "
        "19 November 2026, 02:00 UTC; 5 low after this one. The most were 43, 20 November 2026, 02:00 UTC."
    ) in figures


@pytest.mark.parametrize("points", [(), THREE[:1], (night(19), night(20))], ids=["none", "one run", "nothing open"])
def test_there_is_no_trend_of_less_than_two_runs_or_of_nothing(points):
    assert trend_view(Trend(points=points)) is None
    assert trend_view(None) is None
    run = REPLACE(samples.run(CLEAN), trend=Trend(points=points))
    assert "Open findings over" not in read.text(SummaryPdf().render(run))


def test_runs_of_one_day_are_told_apart_and_the_labels_of_many_do_not_touch():
    twice = trend_view(Trend(points=(night(20, high=1), night(20, hour=14, high=2))))
    assert b"20 November, 02:00" in twice.chart.svg
    assert b"20 November, 14:00" in twice.chart.svg
    many = trend_view(Trend(points=tuple(night(day, high=day) for day in range(1, 31))))
    labels = [day for day in range(1, 31) if f">{day} November<".encode() in many.chart.svg]
    assert labels == [2, 6, 10, 14, 18, 22, 26, 30]


def test_the_trend_is_drawn_the_same_each_time_and_bears_no_script_and_no_day():
    trend = Trend(points=THREE)
    svg = trend_view(trend).chart.svg
    assert svg == trend_view(trend).chart.svg
    assert b"script" not in svg
    assert b"<!--" not in svg


def test_the_axis_has_whole_numbers():
    pdf = SummaryPdf().render(samples.run(account("1111111", high=2, low=1), SECOND))
    drawn = read.text(pdf).partition("account and severity")[2].partition("critical")[0].split()
    # The numbers in the bars and those along the axis, none of them twice.
    assert drawn.count("3") == 1
    assert {"1", "2", "3"} <= set(drawn)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:20]))
def test_hostile_account_names_stay_text(text):
    from lxml import etree

    chart = failures_by_account((account(text, high=1), SECOND))
    root = etree.fromstring(chart.svg, etree.XMLParser(resolve_entities=False, no_network=True))
    names = {etree.QName(each).localname for each in root.iter()}
    assert names <= {"svg", "defs", "style", "g", "rect", "path", "text", "tspan"}


def archived():
    result = samples.mixed_result()
    run = samples.run(result)
    return result, run, AccountPdf(archive=True).render(result, run), SummaryPdf(archive=True).render(run)


def test_the_pdf_for_the_archive_bears_the_file_for_machines():
    result, run, account_pdf, summary_pdf = archived()
    assert read.reader(account_pdf).attachments == {"findings.json": [FindingsJson().render(result, run)]}
    assert read.reader(summary_pdf).attachments == {"run.json": [RunJson().render(run)]}
    for pdf in (account_pdf, summary_pdf):
        metadata = read.reader(pdf).trailer["/Root"]["/Metadata"].get_object().get_data()
        assert b'pdfaid:part="3"' in metadata
        assert b'pdfaid:conformance="A"' in metadata
        assert read.reader(pdf).trailer["/Root"]["/AF"]
    assert archived()[2:] == (account_pdf, summary_pdf)


def test_the_pdf_for_the_archive_says_the_same():
    result, run, account_pdf, _ = archived()
    assert read.text(account_pdf) == read.text(AccountPdf().render(result, run))
