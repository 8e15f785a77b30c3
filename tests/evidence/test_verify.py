"""Whatever is done to a run or to a chain of them is found, and named."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from auditor.cli.app import app
from auditor.errors import EvidenceError
from auditor.evidence import seal_digest
from auditor.evidence.verify import verify_run
from auditor.evidence.verify_chain import verify_chain
from tests.evidence.nights import FILES, night, nights, reseal

PDF = "accounts/1/report.pdf"


def auditor(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def swap(one: Path, other: Path) -> None:
    aside = one.with_name("aside")
    one.rename(aside)
    other.rename(one)
    aside.rename(other)


def edit(path: Path, old: bytes = b" of ", new: bytes = b" off ") -> None:
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new, 1))


def change_a_byte(run: Path) -> None:
    data = bytearray((run / PDF).read_bytes())
    data[3] ^= 1
    (run / PDF).write_bytes(data)


RUN_DAMAGE: dict[str, tuple[Callable[[Path], object], set[tuple[str, str]]]] = {
    "a byte is changed": (change_a_byte, {("changed", PDF)}),
    "a file is emptied": (lambda run: (run / PDF).write_bytes(b""), {("changed", PDF)}),
    "a file is deleted": (lambda run: (run / PDF).unlink(), {("missing", PDF)}),
    "a file is added": (lambda run: (run / "accounts/1/new.pdf").write_bytes(b"x"), {("added", "accounts/1/new.pdf")}),
    "a hidden file is added": (lambda run: (run / ".x").write_bytes(b"x"), {("added", ".x")}),
    "a folder is added": (lambda run: (run / "accounts/2").mkdir(), {("added", "accounts/2")}),
    "a file is renamed": (
        lambda run: (run / PDF).rename(run / "accounts/1/old.pdf"),
        {("missing", PDF), ("added", "accounts/1/old.pdf")},
    ),
    "two files are swapped": (
        lambda run: swap(run / PDF, run / "summary.pdf"),
        {("changed", PDF), ("changed", "summary.pdf")},
    ),
    "a file becomes a link to one like it": (
        lambda run: ((run / PDF).rename(run.parent / "elsewhere"), (run / PDF).symlink_to(run.parent / "elsewhere")),
        {("changed", PDF)},
    ),
    "the manifest is edited": (
        lambda run: edit(run / "manifest.json", b'"exit_code": 14', b'"exit_code": 0'),
        {("changed", "manifest.json")},
    ),
    "the manifest is deleted": (lambda run: (run / "manifest.json").unlink(), {("missing", "manifest.json")}),
    "the manifest is cut": (lambda run: (run / "manifest.json").write_bytes(b"{"), {("changed", "manifest.json")}),
    "the seal is deleted": (lambda run: (run / "SHA256SUMS").unlink(), {("missing", "SHA256SUMS")}),
    "a line of the seal is deleted": (
        lambda run: (run / "SHA256SUMS").write_text("".join((run / "SHA256SUMS").read_text().splitlines(True)[1:])),
        {("added", FILES[0])},
    ),
    "the lines of the seal are turned round": (
        lambda run: (run / "SHA256SUMS").write_text("".join((run / "SHA256SUMS").read_text().splitlines(True)[::-1])),
        {("changed", "SHA256SUMS")},
    ),
    "a signature is added": (lambda run: (run / "SHA256SUMS.sig").write_bytes(b"x"), {("signature", "SHA256SUMS.sig")}),
}


@pytest.mark.parametrize("case", RUN_DAMAGE)
def test_damage_to_a_run_is_found_and_named(case: str, tmp_path: Path) -> None:
    damage, expected = RUN_DAMAGE[case]
    run = night(tmp_path / "runs")
    assert auditor("verify", run).exit_code == 0
    damage(run)
    told = auditor("verify", run, "--json")
    assert told.exit_code == 5
    document = json.loads(told.stdout)
    assert document["verdict"] == "not as sealed"
    assert {(each["kind"], each["file"]) for each in document["problems"]} == expected
    assert {each["run"] for each in document["problems"]} == {run.name}
    told = auditor("verify", run)
    assert told.exit_code == 5
    for kind, file in expected:
        assert any(line.startswith(kind) and f"{run.name}/{file}:" in line for line in told.stdout.splitlines())
    chain = verify_chain(tmp_path / "runs")
    assert {(each.kind, each.file) for each in chain.problems} >= expected


def test_files_that_changed_places_are_told_so(tmp_path: Path) -> None:
    run = night(tmp_path)
    swap(run / PDF, run / "summary.pdf")
    (run / "run.json").rename(run / "other.json")
    texts = {each.file: each.text for each in verify_run(run).problems}
    assert texts[PDF].endswith("it holds what was sealed as summary.pdf.")
    assert texts["summary.pdf"].endswith(f"it holds what was sealed as {PDF}.")
    assert texts["other.json"].endswith("it holds what was sealed as run.json.")


def rechained(out: Path, index: int, change: Callable[[Path], object]) -> None:
    """Change a night and mend its seal, as somebody would who hopes that nobody looks at the next night."""
    run = sorted(path for path in out.iterdir() if path.name.startswith("2026"))[index]
    change(run)
    reseal(run)


N = [f"202611{day:02}T020000Z" for day in range(1, 7)]
CHAIN_DAMAGE: dict[str, tuple[Callable[[Path], object], set[tuple[str, str, str]]]] = {
    "two nights are swapped": (
        lambda out: swap(out / N[1], out / N[3]),
        {("reordered", N[1], ""), ("reordered", N[3], "")},
    ),
    "a night in the middle is taken away": (lambda out: shutil.rmtree(out / N[2]), {("missing", N[2], "")}),
    "the first night is taken away": (lambda out: shutil.rmtree(out / N[0]), {("missing", N[0], "")}),
    "two nights in a row are taken away": (
        lambda out: (shutil.rmtree(out / N[2]), shutil.rmtree(out / N[3])),
        {("missing", N[3], "")},
    ),
    "a night is emptied": (
        lambda out: (shutil.rmtree(out / N[2]), (out / N[2]).mkdir()),
        {("missing", N[2], "")},
    ),
    "the newest night is taken away, and latest forgotten": (
        lambda out: shutil.rmtree(out / N[5]),
        {("missing", N[5], "")},
    ),
    "a file is changed, and the seal mended": (
        lambda out: rechained(out, 2, lambda run: edit(run / PDF)),
        {("changed", N[2], "SHA256SUMS")},
    ),
    "a manifest is edited, and the seal mended": (
        lambda out: rechained(out, 2, lambda run: edit(run / "manifest.json", b'"exit_code": 14', b'"exit_code": 0')),
        {("changed", N[2], "SHA256SUMS"), ("changed", N[2], "manifest.json")},
    ),
    "a manifest is taken away, and the seal mended": (
        lambda out: rechained(out, 2, lambda run: (run / "manifest.json").unlink()),
        {("missing", N[2], "manifest.json"), ("missing", N[2], "")},
    ),
    "a night is copied": (
        lambda out: shutil.copytree(out / N[2], out / "20261103T020000Z-2"),
        {("reordered", "20261103T020000Z-2", ""), ("added", "20261103T020000Z-2", "")},
    ),
    "a night of another chain is added": (
        lambda out: (night(out / "x"), (out / "x" / N[0]).rename(out / "20261101T030000Z"), shutil.rmtree(out / "x")),
        {("reordered", "20261101T030000Z", ""), ("added", "20261101T030000Z", "")},
    ),
    "a night is put into the place of another, name and all": (
        lambda out: (shutil.rmtree(out / N[2]), shutil.copytree(out / N[1], out / N[2])),
        {("reordered", N[2], ""), ("added", N[2], ""), ("missing", N[2], "")},
    ),
}


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("chain")
    nights(out, 6)
    return out


def test_a_clean_chain_is_as_sealed(chain: Path) -> None:
    told = auditor("verify", "--chain", chain)
    assert told.exit_code == 0, told.output
    assert told.stdout.splitlines()[-2:] == [
        f"{chain}: as sealed",
        f"Chain head: {hashlib.sha256((chain / N[5] / 'SHA256SUMS').read_bytes()).hexdigest()}",
    ]
    assert [line.split(", ")[:2] for line in told.stdout.splitlines()[:-2]] == [
        [name, f"place {number}"] for number, name in enumerate(N, start=1)
    ]
    for name in N:
        assert (
            subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=chain / name, check=False).returncode == 0
        )


@given(name=st.sampled_from(FILES), at=st.integers(0, 40), bit=st.integers(0, 7))
def test_any_bit_of_any_file_is_found(chain: Path, name: str, at: int, bit: int) -> None:
    path = chain / N[0] / name
    sealed = path.read_bytes()
    data = bytearray(sealed)
    data[at % len(data)] ^= 1 << bit
    path.write_bytes(data)
    try:
        assert [(each.kind, each.file) for each in verify_run(path.parents[name.count("/")]).problems] == [
            ("changed", name)
        ]
    finally:
        path.write_bytes(sealed)


@pytest.mark.parametrize("case", CHAIN_DAMAGE)
def test_damage_to_a_chain_is_found_and_named(case: str, chain: Path, tmp_path: Path) -> None:
    damage, expected = CHAIN_DAMAGE[case]
    out = tmp_path / "runs"
    shutil.copytree(chain, out, symlinks=True)
    assert auditor("verify", "--chain", out).exit_code == 0
    damage(out)
    told = auditor("verify", "--chain", out, "--json")
    assert told.exit_code == 5
    document = json.loads(told.stdout)
    assert {(each["kind"], each["run"], each["file"]) for each in document["problems"]} == expected


def test_only_a_noted_head_shows_that_the_newest_nights_are_gone(chain: Path, tmp_path: Path) -> None:
    out = tmp_path / "runs"
    shutil.copytree(chain, out, symlinks=True)
    head = seal_digest(out / N[5])
    assert auditor("verify", "--chain", out, "--head", head.upper()).exit_code == 0
    night(out)
    assert auditor("verify", "--chain", out, "--head", head).exit_code == 0, "noted some nights ago"
    for name in (N[5], f"{N[0]}-2"):
        shutil.rmtree(out / name)
    (out / "latest").unlink()
    assert auditor("verify", "--chain", out).exit_code == 0, "nothing inside the folder can show it"
    told = auditor("verify", "--chain", out, "--head", head)
    assert told.exit_code == 5
    assert f"no run bears the seal {head}" in told.stdout
    night(out)
    assert auditor("verify", "--chain", out, "--head", head).exit_code == 5, "another night in its place is no cure"


def test_numbers_that_nobody_can_count_to_do_not_keep_it_busy(chain: Path, tmp_path: Path) -> None:
    out = tmp_path / "runs"
    shutil.copytree(chain, out, symlinks=True)
    edit(out / N[3] / "manifest.json", b'"number": 4', b'"number": 4000000000000000')
    found = verify_chain(out)
    assert ("changed", N[3], "manifest.json") in {(each.kind, each.run, each.file) for each in found.problems}


def test_a_night_after_a_broken_one_still_goes_through_and_hides_nothing(chain: Path, tmp_path: Path) -> None:
    out = tmp_path / "runs"
    shutil.copytree(chain, out, symlinks=True)
    (out / N[5] / "manifest.json").write_bytes(b"{")
    night(out)
    found = {(each.kind, each.run, each.file) for each in verify_chain(out).problems}
    assert ("changed", N[5], "manifest.json") in found


def test_what_is_no_run_is_left_out(chain: Path, tmp_path: Path) -> None:
    out = tmp_path / "runs"
    shutil.copytree(chain, out, symlinks=True)
    (out / "notes").mkdir()
    (out / "notes" / "a.txt").write_text("mine")
    (out / "history.sqlite").write_bytes(b"")
    assert auditor("verify", "--chain", out).exit_code == 0


def test_verify_follows_latest_and_says_what_it_verified(chain: Path) -> None:
    told = auditor("verify", chain / "latest")
    assert told.exit_code == 0
    assert told.stdout.startswith(f"{N[5]}, place 6, not signed\n")


def test_hostile_names_are_printed_as_text(tmp_path: Path) -> None:
    run = night(tmp_path)
    (run / "a\x1b[2Jb\nadded").write_bytes(b"")
    told = auditor("verify", run)
    assert told.exit_code == 5
    assert "\x1b" not in told.stdout
    assert len(told.stdout.splitlines()) == 4


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "Give either a run folder or --chain"),
        (("RUN", "--chain", "OUT"), "Give either a run folder or --chain"),
        (("RUN", "--head", "00"), "--head belongs to --chain"),
        (("OUT/nowhere",), "there is no such run folder"),
        (("--chain", "OUT/nowhere"), "there is no such folder"),
        (("--chain", "OUT/empty"), "holds no run"),
        (("RUN", "--public-key", "OUT/nowhere"), "cannot be read"),
        (("RUN", "--public-key", "RUN/run.json"), "holds no public key"),
    ],
)
def test_usage_errors_are_exit_code_2(arguments: tuple[str, ...], says: str, tmp_path: Path) -> None:
    run = night(tmp_path / "runs")
    (tmp_path / "runs" / "empty").mkdir()
    told = auditor("verify", *(each.replace("RUN", str(run)).replace("OUT", str(run.parent)) for each in arguments))
    assert told.exit_code == 2, told.output
    assert says in told.stderr


def test_a_folder_that_is_no_run_is_not_as_sealed(tmp_path: Path) -> None:
    found = verify_run(tmp_path)
    assert {(each.kind, each.file) for each in found.problems} == {
        ("missing", "SHA256SUMS"),
        ("missing", "manifest.json"),
    }
    with pytest.raises(EvidenceError, match="no such run folder"):
        verify_run(tmp_path / "nowhere")
