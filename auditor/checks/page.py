"""The page on the checks, made from the checks themselves: ``python -m auditor.checks.page > docs/checks.md``."""

from __future__ import annotations

import sys
from textwrap import wrap

from auditor.checks import INFOS

_HEAD = """\
# How the checks decide

This page is made from the checks themselves (`make docs`).

Every finding has a status: `pass`, `fail`, `unknown` (the data that would decide it is not there) or
`not_applicable`. A table that was not read in full never supports a `pass`. What nobody could confirm about NetSuite
carries no verdict.

A finding's id is made of account, check, subject and requirement, so that it is the same every night. A finding marked
`consequence` follows from other findings: mending those mends it.
"""


def page() -> str:
    """The page as Markdown."""
    parts = [_HEAD]
    for info in INFOS:
        rows = (
            ("What", info.what),
            ("Why it matters", info.why),
            ("Severity of a failure", f"{info.severity.value}. {info.severity_reason}"),
            ("Source, and how sure", info.source),
            ("Codes", info.codes),
            ("Fix", info.fix),
            (
                "Switching it off",
                f"`--skip-check {info.id}`; every report says so." if not info.needed else "Not possible.",
            ),
        )
        body = "\n\n".join("\n".join(wrap(f"**{name}.** {text}", 120)) for name, text in rows)
        parts.append(f"## {info.title} (`{info.id}`)\n\n{body}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    sys.stdout.write(page())
