"""Medians of alternating runs in CPU time, own and children's, which a busy machine blurs less than the clock."""

from __future__ import annotations

import gc
import resource
import statistics
from collections.abc import Callable


def compare(ways: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The median CPU time in seconds of each way over *rounds* rounds, taken in turns."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            gc.collect()  # what one way leaves behind is not to be cleared up in the other's time
            start = _cpu()
            way()
            times[name].append(_cpu() - start)
    return {name: statistics.median(values) for name, values in times.items()}


def report(medians: dict[str, float], ours: str, naive: str, goal: float) -> None:
    """Print each median, and how many times faster *ours* is than *naive*, beside the goal."""
    for name, seconds in medians.items():
        print(f"{name:<44} {seconds * 1000:10.1f} ms of CPU")
    ratio = medians[naive] / medians[ours]
    print(f"ratio {ratio:.1f} (goal: at least {goal:g}) {'reached' if ratio >= goal else 'NOT REACHED'}", flush=True)


def _cpu() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)
