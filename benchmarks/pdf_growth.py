"""How the PDFs grow: summary.pdf over many accounts with its peak memory, report.pdf in the number of its findings.

report.pdf must take about twice as long for twice as many findings; what every report has (page 1, appendix) is
measured with one role's findings and taken off first. Each size runs in a process of its own, so that its peak memory
is its own. Times are CPU seconds, which neighbours on the machine blur less. The memory is that of the whole process,
with the results of the accounts in it: about 100 MiB are the program and WeasyPrint themselves.

    python -m benchmarks pdf_growth                              # 1,000 accounts
    AUDITOR_BENCH_ACCOUNTS=200 python -m benchmarks pdf_growth
"""

from __future__ import annotations

import json
import logging
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from msgspec.structs import replace

from auditor.model import Run, Scope, Severity, Trend, TrendPoint
from auditor.reports.pdf import AccountPdf, SummaryPdf
from benchmarks.pdf import failing_result
from tests import samples

ACCOUNTS = int(os.environ.get("AUDITOR_BENCH_ACCOUNTS", "1000"))
FINDINGS = (250, 500, 1000)
BARE = 18
LINEAR = 2.4
"""Twice the findings in at most so many times the time: twice, and a fifth for noise."""


def account(findings: int) -> dict[str, float]:
    """CPU seconds, bytes and peak MiB of a report with so many failed findings."""
    result = failing_result(findings)
    report, run = AccountPdf(), samples.run(result)
    small = failing_result(2)
    report.render(small, samples.run(small))  # imports
    return _measured(lambda: report.render(result, run))


def summary(accounts: int) -> dict[str, float]:
    """The same of a summary over so many accounts, a third of them clean, with the trend of 30 runs."""
    run = _run(accounts)
    report = SummaryPdf()
    report.render(_run(2))  # imports
    return _measured(lambda: report.render(run))


def _run(accounts: int) -> Run:
    results = tuple(
        (samples.mixed_result if number % 3 else samples.clean_result)(str(1_000_000 + number)).without_rows()
        for number in range(accounts)
    )
    points = tuple(
        TrendPoint(run=f"r{day}", started=f"2026-11-{day:02}T02:00:00Z", open={Severity.HIGH: 3 * accounts - day})
        for day in range(1, 31)
    )
    scoped = tuple(replace(result, scope=Scope()) for result in results)
    return replace(samples.run(*scoped), trend=Trend(points=points))


def _measured(work: Callable[[], bytes]) -> dict[str, float]:
    started = time.process_time()
    pdf = work()
    seconds = time.process_time() - started
    return {
        "seconds": seconds,
        "bytes": len(pdf),
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _alone(what: str, size: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.pdf_growth", what, str(size)]
    told = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    return dict(json.loads(told.stdout))


def _line(what: str, measured: dict[str, float]) -> None:
    print(
        f"{what:<34} {measured['seconds']:8.2f} s of CPU, {measured['peak']:6.0f} MiB at most, "
        f"{measured['bytes'] / 1e6:5.2f} MB of PDF",
        flush=True,
    )


def main() -> None:
    _line(f"summary.pdf, {ACCOUNTS:,} accounts", _alone("summary", ACCOUNTS))
    bare = _alone("account", BARE)
    _line(f"report.pdf, {BARE} findings", bare)
    found = {size: _alone("account", size) for size in FINDINGS}
    for size, measured in found.items():
        _line(f"report.pdf, {size:,} findings", measured)
    for less, more in pairwise(FINDINGS):
        ratio = (found[more]["seconds"] - bare["seconds"]) / (found[less]["seconds"] - bare["seconds"])
        verdict = "linear" if ratio <= LINEAR else "NOT LINEAR"
        print(f"{less:,} to {more:,} findings: ratio {ratio:.2f} (linear: 2, at most {LINEAR:g}) {verdict}", flush=True)


if __name__ == "__main__":
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    print(json.dumps({"account": account, "summary": summary}[sys.argv[1]](int(sys.argv[2]))))
