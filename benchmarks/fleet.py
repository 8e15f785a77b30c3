"""What one ``auditor audit`` run of 10, 30 and 100 simulated accounts takes, and how it grows with the accounts.

The accounts are small (20 roles of 40 permissions, 30 tokens, 200 employees), served by ``auditor simulate`` in a
process of its own; the run, with all its reports, is one process whose wall time, CPU time and peak memory the kernel
tells. The simulator runs on the same cores, so wall time is not that of a real night.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

FLEETS = (10, 30, 100)
SIZES = ("--roles=20", "--permissions=40", "--tokens=30", "--employees=200")
AUDITOR = (sys.executable, "-m", "auditor")
ENDED_WELL = (0, 10)
"""Exit codes of a run in which every account was audited: without findings to fail on, and with some."""


@contextmanager
def simulated(accounts: int, folder: Path) -> Iterator[Path]:
    """The configuration of so many accounts, served for as long as the block lasts."""
    command = [*AUDITOR, "simulate", f"--accounts={accounts}", *SIZES, f"--out={folder}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout is not None
            if not any(line.startswith("Ready") for line in server.stdout):
                raise SystemExit("the simulated accounts did not start")
            yield folder / "accounts.toml"
        finally:
            server.terminate()


def audited(configuration: Path, out: Path) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds and peak MiB of one run over all accounts of *configuration*."""
    command = [*AUDITOR, "audit", f"--config={configuration}", f"--out={out}"]
    start = time.perf_counter()
    with (out.parent / "log").open("wb") as log:
        actions = [(os.POSIX_SPAWN_DUP2, log.fileno(), 1), (os.POSIX_SPAWN_DUP2, log.fileno(), 2)]
        process = os.posix_spawn(sys.executable, command, os.environ, file_actions=actions)
        _, status, used = os.wait4(process, 0)
    wall = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status) not in ENDED_WELL:
        raise SystemExit((out.parent / "log").read_text(errors="replace")[-2000:])
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main() -> None:
    print(f"{'accounts':>8} {'wall s':>8} {'each':>7} {'CPU s':>8} {'each':>7} {'peak MiB':>9} {'each':>7}", flush=True)
    runs = []
    for accounts in FLEETS:
        with TemporaryDirectory() as name, simulated(accounts, Path(name) / "simulated") as configuration:
            wall, cpu, peak = audited(configuration, Path(name) / "run")
        runs.append((accounts, wall, cpu, peak))
        print(
            f"{accounts:8} {wall:8.1f} {wall / accounts:7.2f} {cpu:8.1f} {cpu / accounts:7.2f}"
            f" {peak:9.0f} {peak / accounts:7.1f}",
            flush=True,
        )
    (few, *first), (many, *last) = runs[0], runs[-1]
    wall, cpu, peak = ((end - begin) / (many - few) for begin, end in zip(first, last, strict=True))
    print(f"each further account: {wall:.2f} s wall, {cpu:.2f} s CPU, {peak:.2f} MiB at the peak", flush=True)
