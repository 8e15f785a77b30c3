"""Every environment variable that the program reads is in the table of the setup page."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "netsuite-setup.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("## Environment variables")[2]
BY_REFERENCE = {"auditor/secrets.py"}
"""Reads what ``env:NAME`` names: the first row of the table."""


def uses(tree: ast.AST) -> Iterator[str | None]:
    """The variable of each use of the environment; None where its name is not written there."""
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(value=ast.Attribute(attr="environ" | "environb"), slice=name):
                yield name.value if isinstance(name, ast.Constant) else None
            case ast.Call(func=ast.Attribute(value=ast.Attribute(attr="environ"), attr="get"), args=[name, *_]):
                yield name.value if isinstance(name, ast.Constant) else None
            case ast.Call(func=ast.Attribute(attr="getenv") | ast.Name(id="getenv"), args=[name, *_]):
                yield name.value if isinstance(name, ast.Constant) else None
            case ast.keyword(arg="envvar", value=ast.Constant(value=str(name))):
                yield name


def test_every_variable_that_the_code_reads_is_in_the_table() -> None:
    named = set(re.findall(r"`([A-Z_]+)`", "".join(re.findall(r"^\|[^|]*\|", SECTION, re.MULTILINE))))
    read: dict[str, list[str | None]] = {}
    for path in sorted((ROOT / "auditor").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        found = list(uses(ast.parse(text)))
        # What is handed on whole to another process of the program is not read here.
        mentions = len(re.findall(r"(?<!\*\*)\bos\.environb?\b|\bgetenv\(|\benvvar=", text))
        assert mentions == len(found), f"{path}: a use of the environment that this test does not see"
        if found:
            read[str(path.relative_to(ROOT))] = found
    assert {path for path, names in read.items() if None in names} == BY_REFERENCE
    assert {name for names in read.values() for name in names if name} <= named
    assert "HOME" in named
