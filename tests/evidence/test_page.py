"""docs/evidence.md says what the manifest holds, and how to verify by hand."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

from auditor.evidence.manifest import Manifest
from tests.evidence.nights import nights

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "evidence.md").read_text(encoding="utf-8")


def test_every_field_of_the_manifest_is_described_and_in_the_schema() -> None:
    table = PAGE[PAGE.index("## manifest.json") : PAGE.index("## Replays")]
    described = {
        name for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)
    }
    fields = set(Manifest.__struct_fields__)
    schema = json.loads((DOCS / "manifest.schema.json").read_bytes())
    assert described == fields - {"format", "version"}
    assert set(schema["properties"]) == set(schema["required"]) == fields


def test_the_commands_for_verifying_by_hand_do_what_the_page_says(tmp_path: Path) -> None:
    before, run = nights(tmp_path, 2)
    part = PAGE[PAGE.index("## Verifying by hand") : PAGE.index("## Signing")]
    commands = re.findall(r"^    (.*)$", part, re.MULTILINE)
    assert len(commands) == 4

    def run_by_hand(command: str) -> subprocess.CompletedProcess[str]:
        text = command.replace("20261120T020000Z", before.name)
        return subprocess.run(["bash", "-c", text], cwd=run, capture_output=True, text=True, check=False)

    whole, _, previous, added = (run_by_hand(command) for command in commands)
    assert (whole.returncode, added.returncode, added.stdout) == (0, 0, "")
    named = json.loads((run / "manifest.json").read_bytes())["previous"]["seal_sha256"]
    assert previous.stdout.split()[0] == named
    (run / "extra.pdf").write_bytes(b"")
    assert run_by_hand(commands[0]).returncode == 0
    assert "extra.pdf" in run_by_hand(commands[3]).stdout
