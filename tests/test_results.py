from __future__ import annotations

import gc
import threading
import tracemalloc
from pathlib import Path

import msgspec
import pytest

from auditor.errors import EvidenceError
from auditor.model import AccountResult, ProbeOutcome, ProbeRow
from auditor.results import KeptResults
from tests import samples


def results() -> list[AccountResult]:
    asked = ProbeRow(record="Classification", outcome=ProbeOutcome.REFUSED, codes=("NS0384",))
    tried = msgspec.structs.replace(samples.mixed_result("2"), probe=(asked,))
    return [tried, samples.mixed_result("1234567_SB1"), samples.clean_result("10")]


def test_they_come_back_as_they_were_in_the_order_of_the_accounts(tmp_path: Path) -> None:
    kept = KeptResults(tmp_path)
    for result in results():
        kept.add(result)
    assert list(kept) == sorted(results(), key=lambda result: result.account)
    assert [result.account for result in kept] == ["10", "1234567_SB1", "2"]
    assert kept[2] == results()[0]
    assert list(kept[1:]) == list(kept)[1:]
    assert len(kept) == 3
    assert not KeptResults()


def test_all_share_one_baseline() -> None:
    kept = KeptResults()
    result = samples.mixed_result()
    for account in ("1", "2"):
        kept.add(msgspec.structs.replace(result, snapshot=msgspec.structs.replace(result.snapshot, account=account)))
    first, second = kept
    assert first.baselines[0] is second.baselines[0] is result.baselines[0]


def test_nothing_is_to_be_seen_of_them_in_the_folder(tmp_path: Path) -> None:
    kept = KeptResults(tmp_path)
    kept.add(samples.mixed_result())
    assert list(tmp_path.iterdir()) == []


def test_threads_add_side_by_side() -> None:
    kept = KeptResults()
    accounts = [f"{number:03}" for number in range(40)]

    def add(mine: list[str]) -> None:
        for account in mine:
            kept.add(samples.mixed_result(account))

    threads = [threading.Thread(target=add, args=(accounts[start::4],)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [result.account for result in kept] == accounts
    assert kept[17] == samples.mixed_result("017")


def test_the_memory_of_a_result_is_its_place_alone() -> None:
    """Findings are some kilobytes each; an account may leave no more than its id behind, however many it has."""
    kept = KeptResults()
    result = samples.mixed_result()
    large = msgspec.structs.replace(result, findings=result.findings * 200)
    kept.add(large)
    gc.collect()
    tracemalloc.start()
    try:
        for _ in range(50):
            kept.add(large)
        gc.collect()
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 50 * 1024


def test_a_full_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = KeptResults(tmp_path)

    class Full:
        def seek(self, _place: int) -> None:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(kept, "_file", Full())
    with pytest.raises(EvidenceError, match=r"account 1234567 cannot be kept.*No space left"):
        kept.add(samples.mixed_result("1234567"))
    assert len(kept) == 0
