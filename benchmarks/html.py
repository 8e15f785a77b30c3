"""``index.html`` of 1,000 accounts with 50,000 unresolved findings: made, its size, and opened in headless Chromium.

Opening is what a reader waits for: from the navigation to the end of the load event, by which the first 200 rows are
on the page and every filter answers. The page lies in a file, as in a run folder. For comparison stands the naive
page of the same findings: every finding a row of a plain HTML table, its texts where they are shown.

    python -m benchmarks.html [ACCOUNTS] [FINDINGS]
"""

from __future__ import annotations

import html
import resource
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec.structs import replace

from auditor.model import AccountResult, Finding, Role, Run, Scope, Seen, Severity
from auditor.reports.html import IndexPage
from tests import samples
from tests.reports.browser import MISSING, chromium

SECONDS = 2
MEGABYTES = 20
FAILING = (1, 3, 7)  # the sample's rows whose level is too low or missing
ROUNDS = 3


def account(number: int, findings: int) -> AccountResult:
    """One account, three findings to a role, whose names and ids are its own."""
    name, asked, found = str(2_000_000 + number), samples.baseline(), []
    for each in range(findings):
        key = f"customrole{number * 100 + each // 3}"
        role = Role(key=key, scriptid=key, name=f"Integration role {key}")
        finding = samples.role_finding(FAILING[each % 3], name, role, asked)
        severity = list(Severity)[each % 5]
        seen = Seen(first=f"2026-{1 + each % 9:02}-01T02:00:00Z", nights=1 + each % 200)
        waiver = replace(samples.WAIVER, account=name) if each % 20 == 0 else None
        found.append(replace(finding, severity=severity, seen=seen, waiver=waiver))
    snapshot = samples.snapshot(name)
    return AccountResult(snapshot=snapshot, baselines=(asked,), scope=Scope(), findings=tuple(found)).without_rows()


def naive(run: Run) -> bytes:
    """The same findings as one plain table."""

    def row(finding: Finding) -> str:
        cells = (
            finding.severity.value,
            finding.status.value,
            finding.account,
            finding.subject.name,
            finding.title,
            " ".join(finding.codes),
            finding.expected,
            finding.actual,
            " ".join(finding.remedy),
            finding.id,
        )
        return "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + "</tr>"

    rows = "".join(row(finding) for result in run.results for finding in result.unresolved())
    return f"<!DOCTYPE html><meta charset=utf-8><table>{rows}</table>".encode()


def opened(page: Path) -> float:
    """Seconds from the navigation to the end of the load event; the best of some rounds."""
    times = []
    for _ in range(ROUNDS):
        with chromium() as browser:
            browser.get("about:blank")
            browser.get(page.as_uri())
            times.append(
                browser.execute_script(
                    "const t = performance.getEntriesByType('navigation')[0]; return t.loadEventEnd - t.startTime"
                )
            )
    return min(times) / 1000


def answered(page: Path) -> float:
    """Seconds for one letter in the text filter to be answered with other rows."""
    with chromium() as browser:
        browser.get(page.as_uri())
        return float(
            browser.execute_async_script(
                """const done = arguments[0], field = document.getElementById("filter-text"), begin = performance.now();
                field.value = "7";
                field.dispatchEvent(new Event("change", {bubbles: true}));
                requestAnimationFrame(() => requestAnimationFrame(() => done((performance.now() - begin) / 1000)));"""
            )
        )


def main(accounts: int = 1000, findings: int = 50_000) -> None:
    run = samples.run(*(account(number, findings // accounts) for number in range(accounts)))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    made = IndexPage().render(run)
    seconds = time.process_time() - start
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    plain = naive(run)
    print(f"{accounts:,} accounts, {findings:,} findings")
    print(f"made in {seconds:.2f} s of CPU; {grown:.0f} MiB more at the peak")
    _goal("size", len(made) / 1e6, MEGABYTES, "MB")
    print(f"the naive page: {len(plain) / 1e6:.1f} MB")
    if MISSING:
        print(f"not opened: {MISSING}", flush=True)
        return
    with TemporaryDirectory() as folder:
        for name, data in (("index.html", made), ("naive.html", plain)):
            Path(folder, name).write_bytes(data)
        _goal("opened in Chromium", opened(Path(folder, "index.html")), SECONDS, "s")
        print(f"a filter answered in {answered(Path(folder, 'index.html')):.2f} s")
        print(f"the naive page opened in {opened(Path(folder, 'naive.html')):.2f} s", flush=True)


def _goal(what: str, value: float, goal: float, unit: str) -> None:
    print(f"{what}: {value:.2f} {unit} (goal: under {goal} {unit}) {'reached' if value < goal else 'NOT REACHED'}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
