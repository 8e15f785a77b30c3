"""Run every benchmark, or those named: ``python -m benchmarks judge startup``."""

from __future__ import annotations

import importlib
import sys

NAMES = (
    "startup",
    "judge",
    "account",
    "preflight",
    "workbook",
    "pdf",
    "pdf_growth",
    "html",
    "probe",
    "client",
    "history",
    "fleet",
)


def main() -> None:
    for name in sys.argv[1:] or NAMES:
        print(f"== {name}", flush=True)
        importlib.import_module(f"benchmarks.{name}").main()


main()
