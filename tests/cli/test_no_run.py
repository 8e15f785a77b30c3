"""A night that writes no run is told of, however it ended, by every route; and the telling changes nothing."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from auditor.cli.past import KeptHistory
from auditor.evidence import run_folder
from auditor.simulator import Fault
from auditor.simulator.accounts import clean_account
from tests.cli.test_audit import auditor, only_run
from tests.cli.test_live import served, verdicts
from tests.delivery.receivers import Webhook, mailbox, nobody, webhook
from tests.evidence.nights import night
from tests.evidence.test_lock import held

CANARY = "c4n4ry-s3cret"
ROUTES = """
[[notify]]
name = "hook"
url = "env:ROUTE_HOOK"
when = "change"
from = "critical"

[[notify]]
name = "other"
url = "env:ROUTE_OTHER"
when = "findings"
attach = false
time_limit = 20
"""


@contextmanager
def configured(folder: Path, monkeypatch: pytest.MonkeyPatch, *, head: str = "") -> Iterator[tuple[Path, Webhook]]:
    """The configuration of an account that nobody serves, with two routes to one webhook."""
    with served(folder, clean_account("1111111")) as config:
        pass
    config.write_text(f"{head}\n{config.read_text()}\n{ROUTES}")
    with webhook() as hook:
        monkeypatch.setenv("ROUTE_HOOK", hook.url("/hook"))
        monkeypatch.setenv("ROUTE_OTHER", hook.url("/other"))
        yield config, hook


def told(hook: Webhook, code: int, *words: str) -> None:
    """Each route heard once that no run was written, how it ended and why, and got no file."""
    assert sorted(hook.paths) == ["/hook", "/other"]
    for body in hook.bodies:
        assert body["title"] == f"NetSuite audit: no run was written, exit code {code}"
        assert body["type"] == "warning"
        assert body["attachments"] == []
        assert body["message"].startswith("No run was written.\n\n")
        assert [word for word in words if word not in body["message"]] == []
        assert "accounts.toml on " in body["message"]


WAYS = {
    "output folder": (("--out", "{}/file/runs"), "file/runs: cannot be written"),
    "waivers": (("--waivers", "{}/waivers.yaml"), "waivers.yaml"),
    "no waivers": (("--waivers", "{}/none.yaml"), "none.yaml"),
    "baseline": (("--baseline", "no-such-baseline"), "no-such-baseline"),
    "templates": (("--templates", "{}/nowhere"), "nowhere"),
    "account": (("--account", "3333333"), "--account 3333333: "),
    "signing": (("--sign", "{}/accounts.toml"), "there is no [signing] table"),
    "history": (("--history", "h.sqlite", "--no-history"), "Give either --history or --no-history."),
    "log file": (("--log-file", "{}/file/log"), "The log file"),
    "privacy": (("--privacy", "hash", "--privacy-key", "env:NO_SUCH_KEY"), "NO_SUCH_KEY is not set"),
    "check": (("--skip-check", "no-such-check"), "no-such-check"),
}
"""Ways in which no run comes about: the options, and what is said of it."""


@pytest.mark.parametrize("way", WAYS)
def test_every_route_hears_why(way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options, said = WAYS[way]
    (tmp_path / "file").write_text("where a folder is to be")
    (tmp_path / "waivers.yaml").write_text("waivers: 3\n")
    with configured(tmp_path, monkeypatch) as (config, hook):
        given = [option.format(tmp_path) for option in options]
        ended = auditor("audit", "--config", config, "--out", tmp_path / "runs", *given)
        assert ended.exit_code == 2, ended.output
        told(hook, 2, said)
    assert said in ended.stderr
    assert "could not be told" not in ended.stderr
    assert not list(tmp_path.glob("runs/2*"))


@pytest.mark.parametrize("mistake", ["fail_on = 'sometimes'", "[acount]", "[defaults]\nconcurrency = 99"])
def test_settings_that_cannot_be_used_are_told_by_routes_that_can(
    mistake: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with configured(tmp_path, monkeypatch, head=mistake) as (config, hook):
        assert auditor("audit", "--config", config).exit_code == 2
        told(hook, 2, "accounts.toml")


def test_who_is_kept_waiting_says_who_held_the_folder_and_which_run_was_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "runs"
    last = night(out)
    with configured(tmp_path, monkeypatch) as (config, hook), held(out) as other:
        assert auditor("audit", "--config", config, "--out", out, "--wait", "0.1").exit_code == 3
        told(hook, 3, f"process {other.pid} on ", "--wait SECONDS", f"Last run: {last.name} in {out}")


def test_a_full_disk_is_told_every_night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    account = clean_account("1111111")
    with webhook() as hook, mailbox() as box, served(tmp_path, account) as config:
        config.write_text(f"{config.read_text()}\n{ROUTES}")
        monkeypatch.setenv("ROUTE_HOOK", hook.url())
        monkeypatch.setenv("ROUTE_OTHER", box.url())
        monkeypatch.setattr(run_folder, "write_new", full)
        for _ in range(2):
            assert auditor("audit", "--config", config, "--out", tmp_path / "runs").exit_code == 2
    assert not list((tmp_path / "runs").glob("2*"))
    assert [body["title"] for body in hook.bodies] == ["NetSuite audit: no run was written, exit code 2"] * 2
    assert len(box.mails) == 2
    assert "No space left on device" in box.mails[0].get_body(("plain",)).get_content()
    assert list(box.mails[0].iter_attachments()) == []


def test_a_fault_in_the_program_is_told_without_its_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def plan(*_: object) -> None:
        raise ValueError(f"no words: {CANARY}")

    monkeypatch.setattr("auditor.cli.planning.plan_accounts", plan)
    with configured(tmp_path, monkeypatch) as (config, hook):
        ended = auditor("audit", "--config", config)
        assert isinstance(ended.exception, ValueError)
        told(hook, 1, "was not made for (ValueError)", "Please report it")
    assert CANARY not in str(hook.bodies)


def test_a_route_that_is_down_changes_nothing_and_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "log"
    with configured(tmp_path, monkeypatch) as (config, hook):
        monkeypatch.setenv("ROUTE_OTHER", f"json://me:{CANARY}@127.0.0.1:{nobody()}/{CANARY}")
        ended = auditor("audit", "--config", config, "--account", "3", "--log-file", log, "--log-level", "error")
        monkeypatch.delenv("ROUTE_OTHER")
        again = auditor("audit", "--config", config, "--account", "3")
    assert ended.exit_code == again.exit_code == 2
    assert hook.paths == ["/hook", "/hook"]
    for errors in (ended.stderr, log.read_text()):
        assert "route other could not be told that no run was written: " in errors
    assert "ROUTE_OTHER is not set" in again.stderr
    assert CANARY not in ended.output + log.read_text()


def test_nobody_is_told_who_is_not_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with configured(tmp_path, monkeypatch) as (config, hook):
        assert auditor("audit", "--config", config, "--account", "3", "--no-notify").exit_code == 2
        config.write_text("not toml")
        unread = auditor("audit", "--config", config)
    assert unread.exit_code == 2
    assert "could not be told" not in unread.stderr
    assert hook.bodies == []


def begun(*arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "auditor", "audit", *map(str, arguments)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_whoever_stops_it_before_its_run_is_told_of(
    number: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "runs"
    out.mkdir()
    with configured(tmp_path, monkeypatch) as (config, hook), held(out):
        log = tmp_path / "log"
        with begun("--config", config, "--out", out, "--wait", "600", "--log-file", log) as process:
            wait_until(log.exists)
            process.send_signal(number)
            output, errors = process.communicate(timeout=60)
        assert process.returncode == 130, output + errors
        assert "Traceback" not in errors
        told(hook, 130, "The audit was stopped, by Ctrl-C or SIGTERM.")
    assert "route hook is told that no run was written" in log.read_text()


def test_sigterm_keeps_what_was_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    endless = clean_account("2222222")
    endless.faults.append(Fault.too_many_requests(seconds=3600))
    with served(tmp_path, clean_account("1111111"), endless) as config, webhook() as hook:
        config.write_text(f"{config.read_text()}\n{ROUTES}")
        monkeypatch.setenv("ROUTE_HOOK", hook.url("/hook"))
        monkeypatch.setenv("ROUTE_OTHER", hook.url("/other"))
        with begun("--config", config, "--out", tmp_path / "runs") as process:
            assert process.stderr is not None
            for line in process.stderr:
                if line.startswith("account 1111111"):
                    break
            threading.Event().wait(0.3)  # the main thread waits for the other account by now
            process.send_signal(signal.SIGTERM)
            output, errors = process.communicate(timeout=60)
    assert process.returncode == 4, output + errors
    assert verdicts(only_run(tmp_path / "runs")) == {"1111111": "clean"}
    assert {body["title"] for body in hook.bodies} == {"NetSuite audit: incomplete, 1 of 2 accounts audited"}


def test_a_run_that_is_in_place_is_not_denied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(KeptHistory, "finish", interrupted)
    before = signal.getsignal(signal.SIGTERM)
    with served(tmp_path, clean_account("1111111")) as config, webhook() as hook:
        config.write_text(f"{config.read_text()}\n{ROUTES}")
        monkeypatch.setenv("ROUTE_HOOK", hook.url("/hook"))
        monkeypatch.setenv("ROUTE_OTHER", hook.url("/other"))
        assert auditor("audit", "--config", config, "--out", tmp_path / "runs").exit_code == 130
    run = only_run(tmp_path / "runs")
    assert [body["title"] for body in hook.bodies] == ["NetSuite audit: ended before it was done, exit code 130"] * 2
    assert f"The run {run} is whole, but the audit ended before it was copied or told of." in hook.bodies[0]["message"]
    assert signal.getsignal(signal.SIGTERM) is before


def wait_until(so: Callable[[], bool]) -> None:
    for _ in range(3000):
        if so():
            return
        threading.Event().wait(0.02)
    raise AssertionError("it never came about")
