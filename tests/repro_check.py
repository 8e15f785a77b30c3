"""The same result gives the same bytes of every file: ``make repro-check``.

Audits the example accounts once, then makes the reports of that run again, each time by a new process under other
settings of the machine, and compares the digests of all files. It ends with 1 and names what differs if anything does.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
EXAMPLES = ("1234567", "7654321_SB1")
FORMATS = ("--format=sarif", "--format=junit", "--format=ocsf")
FOUND = (0, 4, 10, 14)
"""Exit codes of a run that was written."""

SETTINGS: dict[str, dict[str, str]] = {
    "as it is": {},
    "in Kathmandu, Turkish": {"TZ": "Asia/Kathmandu", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "0"},
    "in Honolulu, German": {"TZ": "Pacific/Honolulu", "LC_ALL": "de_DE.UTF-8", "PYTHONHASHSEED": "1"},
    "without a language, no bytecode": {"LC_ALL": "C", "PYTHONHASHSEED": "random", "PYTHONDONTWRITEBYTECODE": "1"},
}
"""A language that is not installed is as good as none; the time zone and the seed still differ."""


def auditor(*arguments: str, settings: dict[str, str], folder: Path, umask: int) -> None:
    """Run the program in *folder*, with *settings* laid over the environment.

    Raises:
        SystemExit: it wrote no run.
    """
    environment = {name: value for name, value in os.environ.items() if name not in ("TZ", "LC_ALL", "PYTHONHASHSEED")}
    ran = subprocess.run(
        [sys.executable, "-m", "auditor", *arguments],
        cwd=folder,
        env=environment | {"PYTHONPATH": str(ROOT)} | settings,
        umask=umask,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode not in FOUND:
        raise SystemExit(f"auditor {' '.join(arguments)}: exit code {ran.returncode}\n{ran.stderr[-2000:]}")


def digests(out: Path) -> dict[str, str]:
    """The digest of every file of the one run folder in *out*, but of the two that say whether it is a replay."""
    (run,) = out.glob("2*Z*")
    return {
        str(path.relative_to(run)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(run.rglob("*"))
        if path.is_file() and path.name not in ("manifest.json", "SHA256SUMS")
    }


def differing(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """The names of the files that are not the same, or are there only once."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def main() -> None:
    start = time.perf_counter()
    with TemporaryDirectory() as name:
        at = Path(name)
        inputs = [f"--input={ROOT / 'examples' / account}" for account in EXAMPLES]
        auditor("audit", *inputs, *FORMATS, f"--out={at / 'first'}", settings={}, folder=at, umask=0o022)
        first = digests(at / "first")
        (run,) = (at / "first").glob("2*Z*")
        for number, (what, settings) in enumerate(SETTINGS.items()):
            out, elsewhere = at / f"again{number}", at / f"folder {number}"
            elsewhere.mkdir()
            auditor("report", str(run), *FORMATS, f"--out={out}", settings=settings, folder=elsewhere, umask=0o077)
            if different := differing(first, digests(out)):
                raise SystemExit(f"{what}: not the same bytes: {', '.join(different)}")
            print(f"{what}: the same {len(first)} files", flush=True)
    print(f"repro-check: the same bytes {len(SETTINGS)} times, in {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
