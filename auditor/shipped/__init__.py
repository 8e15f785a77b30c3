"""Finds what ships with the program but lies outside the package, because users edit it: baselines and templates."""

from __future__ import annotations

from pathlib import Path

_IN_CHECKOUT = {"baselines": "baselines", "templates": "reports/templates"}


def shipped_folder(name: str) -> Path:
    """The shipped folder *name* (``baselines`` or ``templates``): inside an installed package, else in the checkout."""
    installed = Path(__file__).parent / name
    return installed if installed.is_dir() else Path(__file__).parents[2] / _IN_CHECKOUT[name]
