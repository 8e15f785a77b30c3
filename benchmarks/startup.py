"""``auditor --help`` against a program that imports everything it may need at its start."""

from __future__ import annotations

import subprocess
import sys

from benchmarks.timing import compare, report

EVERYTHING = "import weasyprint, pandas, openpyxl, xlsxwriter, netsuitesdk, jinja2, yaml, rich, typer, msgspec"


def main() -> None:
    def command(*arguments: str) -> None:
        subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)

    medians = compare(
        {
            "auditor --help": lambda: command("-m", "auditor", "--help"),
            "import of everything": lambda: command("-c", EVERYTHING),
        },
        rounds=7,
    )
    report(medians, "auditor --help", "import of everything", goal=5)
