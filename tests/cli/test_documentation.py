"""Every command and option is documented, and what is documented exists."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import typer.main

from auditor.cli.app import app

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"


def commands() -> dict[str, set[str]]:
    """Each command's full name and its long and short options, as the program has them."""
    found: dict[str, set[str]] = {}

    def walk(command: Any, name: str) -> None:
        options = {text for each in command.params if each.param_type_name == "option" for text in each.opts}
        found[name] = options - {"--help"}
        for child, sub in getattr(command, "commands", {}).items():
            walk(sub, f"{name} {child}")

    walk(typer.main.get_command(app), "auditor")
    return found


def documented() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    name = ""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if heading := re.fullmatch(r"##+ (auditor.*)", line):
            name = heading.group(1)
            found[name] = set()
        elif line.startswith("| `-"):
            found[name] |= set(re.findall(r"`(-[^`]+)`", line.split("|")[1]))
    return found


def test_the_page_names_every_command_and_option_and_no_other() -> None:
    assert documented() == commands()
