"""The documentation is true: made pages are current, and every link leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from auditor.checks.page import page

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "examples").glob("*.md")])


def anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^a-z0-9 _-]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_page_on_the_checks_is_current() -> None:
    assert (ROOT / "docs" / "checks.md").read_text(encoding="utf-8") == page(), "run: make docs"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#:\s]*)(?:#([^)\s]*))?\)", path.read_text(encoding="utf-8")):
        name, anchor = target
        linked = (path.parent / name).resolve() if name else path
        assert linked.exists(), f"{path.name}: {name}"
        if anchor:
            assert anchor in anchors(linked.read_text(encoding="utf-8")), f"{path.name}: {name}#{anchor}"


def test_every_page_of_the_docs_is_linked_from_the_readme_or_from_a_page_that_is() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in PAGES)
    assert [
        path.name
        for path in (ROOT / "docs").glob("*.md")
        if f"{path.name})" not in text and f"{path.name}#" not in text
    ] == []
