"""The findings PDF against the same findings as one table of automatic layout with ``overflow-wrap: anywhere``.

Same page 1, appendix, fonts, style sheet and tags, all through the same code in the same run; only the block of the
findings differs. Two references, because a flat table cannot say a fix once for all rows of a role:

- flat: ten columns, a row bears all that is known of one finding, its role and its fix too. The ratio to it must be
  at least 3.
- same texts: ten columns, but role headings and fixes once for each role, as rows across the table, so that not one
  word more is laid out than in ours. Printed beside it, as the stricter measure of layout alone.

Times are CPU seconds of this process, so that neighbours on the machine count less. Ours is measured before and after
the references, and the slower one counts.

    python -m benchmarks.pdf [ROWS]
"""

from __future__ import annotations

import gc
import logging
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from auditor.model import AccountResult, Role, Scope
from auditor.reports.pdf import AccountPdf
from tests import samples

LIMIT = 3
FAILING = [1, 3, 7]  # the sample's rows whose level is too low or missing
ROWS_OF_A_ROLE = 18

ONE_TABLE = """
{{% extends "shipped/report.html.j2" %}}
{{% block findings %}}
<style>.one {{ table-layout: auto; overflow-wrap: anywhere }}</style>
<h2 class="part">Failed</h2>
<table class="one">
<thead><tr>{{% for head in {heads} %}}<th scope="col">{{{{ head }}}}</th>{{% endfor %}}</tr></thead>
<tbody>
{{% for group in report.failed.groups %}}
{before}
{{% for row in group.levels %}}
<tr class="{{{{ loop.cycle('odd', '') }}}}">{row}</tr>
{{% endfor %}}
{after}
{{% endfor %}}
</tbody></table>
{{% endblock %}}
"""
FLAT = ONE_TABLE.format(
    heads=["Role", "Permission", "Id", "Required", "Actual", "From", "Severity", "Codes", "Finding id", "Fix"],
    before="",
    row="""<td>{{ group.name }} <span class="mono">{{ group.key }}</span></td><th scope="row">{{ row.what }}</th>
<td class="mono">{{ row.permission }} · {{ row.subtab }}</td><td>{{ row.expected }}</td>
<td class="fail">{{ row.actual }}, {{ row.gap }}</td><td>{{ row.source }}</td><td>{{ row.severity }}</td>
<td>{{ row.codes }}</td><td class="mono sha">{{ row.id }}</td>
<td>{% for step in group.findings[loop.index0].remedy %}{{ step }} {% endfor %}</td>""",
    after="",
)
SAME_TEXTS = ONE_TABLE.format(
    heads=["Permission", "Id", "Sub-tab", "Required", "Actual", "Gap", "From", "Severity", "Codes", "Finding id"],
    before="""<tr><td colspan="10"><h4>{{ group.kind }} {{ group.name }} <span class="mono">{{ group.key }}</span></h4>
<p class="small quiet lead">{{ group.size }} of {{ group.judged }} failed,
held against {{ group.baseline }}</p></td></tr>""",
    row="""<th scope="row">{{ row.what }}</th><td class="mono">{{ row.permission }}</td><td>{{ row.subtab }}</td>
<td>{{ row.expected }}</td><td class="fail">{{ row.actual }}</td><td>{{ row.gap }}</td><td>{{ row.source }}</td>
<td>{{ row.severity }}</td><td>{{ row.codes }}</td><td class="mono sha">{{ row.id }}</td>""",
    after="""<tr><td colspan="10">{{ parts.steps(group.fixes, "How to mend it") }}</td></tr>""",
)


def failing_result(rows: int) -> AccountResult:
    """*rows* failed findings, 18 to a role."""
    asked = samples.baseline()
    findings = []
    for number in range(rows):
        key = str(1000 + number // ROWS_OF_A_ROLE)
        role = Role(key=key, id=key, name=f"Integration role {key}")
        findings.append(samples.role_finding(FAILING[number % len(FAILING)], "1234567", role, asked))
    return AccountResult(snapshot=samples.snapshot(), baselines=(asked,), scope=Scope(), findings=tuple(findings))


def seconds(report: AccountPdf, result: AccountResult) -> float:
    run = samples.run(result)
    gc.collect()
    started = time.process_time()
    report.render(result, run)
    return time.process_time() - started


def reference(template: str, result: AccountResult) -> float:
    with TemporaryDirectory() as folder:
        Path(folder, "report.html.j2").write_text(template, encoding="utf-8")
        return seconds(AccountPdf(Path(folder)), result)


def main(rows: int = 500) -> None:
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    result = failing_result(rows)
    ours = AccountPdf()
    seconds(ours, failing_result(2))  # imports
    before = seconds(ours, result)
    flat, same_texts = reference(FLAT, result), reference(SAME_TEXTS, result)
    lean = max(before, seconds(ours, result))
    ratio = flat / lean
    print(f"{f'findings PDF, {rows} rows':<44} {lean * 1000:10.1f} ms")
    print(f"{'the same findings as one automatic table':<44} {flat * 1000:10.1f} ms")
    print(f"ratio {ratio:.1f} (goal: at least {LIMIT:g}) {'reached' if ratio >= LIMIT else 'NOT REACHED'}")
    print(f"{'one automatic table, each text once':<44} {same_texts * 1000:10.1f} ms")
    print(f"ratio {same_texts / lean:.1f} (no goal: the layout alone)", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
