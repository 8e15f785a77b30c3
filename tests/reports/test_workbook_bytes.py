"""The same result and run give the same bytes: again, in another time zone, with other hashes and another locale."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from auditor.reports.findings_json import FindingsJson, read_findings, result_from
from auditor.reports.workbook import ChangesWorkbook
from tests import samples

SCRIPT = """
import hashlib
from auditor.reports.findings_json import FindingsJson
from auditor.reports.run_json import RunJson
from auditor.reports.workbook import ChangesWorkbook, SummaryWorkbook
from tests import samples
result = samples.mixed_result()
run = samples.run(result, samples.big_result(60, "2"), failures=(samples.FAILED_ACCOUNT,))
for data in (
    ChangesWorkbook().render(result, run),
    SummaryWorkbook().render(run),
    FindingsJson().render(result, run),
    RunJson().render(run),
):
    print(hashlib.sha256(data).hexdigest())
"""


def digests(**environment):
    answer = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=Path(__file__).parents[2],
        env={"PATH": os.environ["PATH"], **environment},
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return answer.stdout.split()


def test_bytes_depend_on_nothing_but_the_result():
    one = digests(TZ="UTC", PYTHONHASHSEED="1", LC_ALL="C")
    other = digests(TZ="Pacific/Auckland", PYTHONHASHSEED="4711", LC_ALL="C.UTF-8", LANG="de_DE.UTF-8")
    assert len(one) == 4
    assert one == other


def test_a_result_rebuilt_from_its_files_gives_the_same_workbook():
    result = samples.mixed_result(role_name="a\ud800b =1+1")
    run = samples.run(result)
    document = read_findings(FindingsJson().render(result, run), "findings.json")
    snapshot = msgspec.json.decode(msgspec.json.encode(samples.mixed_result(role_name="a\ufffdb =1+1").snapshot))
    rebuilt = result_from(document, msgspec.convert(snapshot, type(result.snapshot)), result.baselines)
    assert ChangesWorkbook().render(rebuilt, run) == ChangesWorkbook().render(result, run)


@pytest.mark.parametrize("enabled", [True, False])
def test_the_garbage_collector_is_left_as_it_was(enabled):
    import gc

    result = samples.clean_result()
    if not enabled:
        gc.disable()
    try:
        ChangesWorkbook().render(result, samples.run(result))
        assert gc.isenabled() is enabled
    finally:
        gc.enable()
