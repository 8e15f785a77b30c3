"""Notifications as they arrive: over SMTP, at a webhook, from the commands, and when a service is at fault."""

from __future__ import annotations

import base64
import os
import shutil

import pytest
from typer.testing import CliRunner

from auditor.cli.app import app
from auditor.config import NotifySettings
from auditor.delivery.news import news
from auditor.delivery.notify import tell
from auditor.delivery.outcome import FILE, failed
from auditor.delivery.sending import Letter, send
from auditor.secrets import SecretReference
from tests.delivery.nights import PDF, account, finding, night
from tests.delivery.receivers import mailbox, nobody, silence, webhook

CANARY = "c4n4ry-s3cret"
in_process = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


def letter(url: str, **fields) -> Letter:
    return Letter(**({"url": url, "title": "A <title>", "body": "one & <two>\n- three", "well": False} | fields))


def auditor(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def configured(tmp_path, monkeypatch, urls: dict[str, str], *lines: str, head: str = ""):
    """accounts.toml with a route for each of *urls*, by its name, each with *lines*; addresses in the environment."""
    tables = []
    for name, url in urls.items():
        variable = f"ROUTE_{name.upper()}"
        monkeypatch.setenv(variable, url)
        tables += ["[[notify]]", f'name = "{name}"', f'url = "env:{variable}"', *lines, ""]
    path = tmp_path / "accounts.toml"
    path.write_text("\n".join([head, *tables]))
    return path


@in_process
def test_a_mail_has_title_text_and_the_summary(tmp_path):
    pdf = tmp_path / "summary.pdf"
    pdf.write_bytes(PDF)
    with mailbox() as box:
        assert send(letter(box.url(), attachment=str(pdf))) == ""
        assert send(letter(box.url())) == ""
    first, second = box.mails
    assert first["subject"] == "A <title>"
    assert first.get_body(("plain",)).get_content().splitlines() == ["one & <two>", "- three"]
    (attached,) = first.iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == ("summary.pdf", "application/pdf")
    assert attached.get_content() == PDF
    assert list(second.iter_attachments()) == []


@in_process
def test_html_mail_shows_the_text_as_text():
    with mailbox() as box:
        assert send(letter(f"{box.url()}&format=html")) == ""
    html = box.mails[0].get_body(("html",)).get_content()
    assert "&lt;two&gt;" in html
    assert "<two>" not in html


@in_process
def test_a_webhook_has_text_kind_and_the_summary(tmp_path):
    pdf = tmp_path / "summary.pdf"
    pdf.write_bytes(PDF)
    with webhook() as hook:
        assert send(letter(hook.url(), attachment=str(pdf))) == ""
        assert send(letter(hook.url(), well=True)) == ""
    first, second = hook.bodies
    assert (first["title"], first["message"], first["type"]) == ("A <title>", "one & <two>\n- three", "warning")
    assert [base64.b64decode(each["base64"]) for each in first["attachments"]] == [PDF]
    assert (second["type"], second["attachments"]) == ("success", [])


@in_process
def test_why_it_failed_is_said():
    with webhook() as hook:
        hook.status = 500
        assert "500" in send(letter(hook.url()))
    assert "onnection error" in send(letter(f"json://127.0.0.1:{nobody()}/"))
    assert "onnection error" in send(
        letter(f"mailto://127.0.0.1:{nobody()}/?mode=insecure&from=a@example.com&to=b@example.com")
    )
    assert send(letter("nonsense://x")).startswith("its address is none that Apprise can use. ")
    assert "email" in send(letter("mailto://127.0.0.1/?from=nobody"))


def test_an_address_that_is_not_there_is_told_without_a_process(tmp_path, monkeypatch):
    monkeypatch.delenv("ROUTE_X", raising=False)
    run = night(tmp_path, 1, account(finding("a")))
    route = NotifySettings(name="x", url=SecretReference("env", "ROUTE_X"))
    assert "ROUTE_X is not set" in tell(route, news(run, ()), run)


def test_routes_that_take_refuse_and_hang_are_tried_side_by_side(tmp_path, monkeypatch):
    out = tmp_path / "runs"
    run = night(out, 1, account(finding("a")))
    log = tmp_path / "log.jsonl"
    with mailbox() as box, webhook() as refusing, silence() as quiet:
        refusing.status = 403
        urls = {
            "mail": box.url(),
            "refusing": f"{refusing.url()}/{CANARY}?+X-Token={CANARY}",
            "hanging": f"json://me:{CANARY}@127.0.0.1:{quiet}/?rto=600",
        }
        config = configured(tmp_path, monkeypatch, urls)
        config.write_text(f"{config.read_text()}time_limit = 3\n")  # of the last route
        ended = auditor("notify", run, "--config", config, "--log-file", log)
        shown = auditor("health", "--out", out, "--max-age", 1e6)
    assert ended.exit_code == 4
    assert ended.stdout.splitlines()[0] == "route mail: delivered"
    assert "403" in ended.stdout.splitlines()[1]
    assert ended.stdout.splitlines()[2] == "route hanging: it was not done within 3 seconds, and was given up"
    assert [next(mail.iter_attachments()).get_content() for mail in box.mails] == [PDF]
    assert refusing.paths == [f"/hook/{CANARY}"]
    assert [each.route for each in failed(out, run.name)] == ["hanging", "refusing"]
    assert shown.exit_code == 4
    assert "CRITICAL" in shown.stdout
    assert "the notification hanging failed: it was not done" in shown.stdout
    assert "the notification refusing failed: " in shown.stdout
    left = [ended.output, shown.output, log.read_text(), (out / FILE).read_text()]
    assert "route refusing could not be told" in left[2]
    assert not any(piece in text for text in left for piece in (CANARY, CANARY[4:12]))

    with webhook() as working:
        for name in ("refusing", "hanging"):
            monkeypatch.setenv(f"ROUTE_{name.upper()}", working.url())
        again = auditor("notify", run, "--config", config, "--route", "refusing", "--route", "hanging")
    assert again.exit_code == 0, again.output
    assert len(working.bodies) == 2
    assert failed(out, run.name) == ()


def test_a_route_that_failed_is_told_the_next_night_of_what_it_missed(tmp_path, monkeypatch):
    from auditor.cli.delivering import deliver
    from auditor.config import load_deliveries

    out = tmp_path / "runs"
    with webhook() as hook:
        urls = {"change": hook.url("/change")}
        config = configured(tmp_path, monkeypatch, urls, 'when = "change"', 'from = "high"', "attach = false")
        deliveries = load_deliveries(config)
        nights = [
            (account(finding("a")), 200),
            (account(finding("a")), 200),
            (account(finding("a"), finding("b")), 500),
            (account(finding("a"), finding("b")), 200),
            (account(finding("a"), finding("b")), 200),
        ]
        told = []
        for number, (result, status) in enumerate(nights):
            hook.status, before = status, len(hook.bodies)
            deliver(deliveries, night(out, number, result))
            night(out, number, result, replays="20261101T020000Z")  # replays are nobody's news
            told.append([body["message"] for body in hook.bodies[before:]])
    assert [len(each) for each in told] == [1, 0, 1, 1, 0]
    assert "Open findings of severity high or above: 1" in told[0][0]
    for missed in (told[2][0], told[3][0]):
        assert "New since 20261102T020000Z: 1\n- high: 1234567: about b" in missed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--route", "nobody"), "--route nobody: there is no such route."),
        ((), "there is no [[notify]] table."),
    ],
)
def test_a_route_that_is_not_there_is_a_mistake(tmp_path, monkeypatch, arguments, said):
    config = configured(tmp_path, monkeypatch, {"mail": "x"} if arguments else {})
    run = night(tmp_path / "runs", 1, account(finding("a")))
    monkeypatch.setattr("auditor.cli.delivering._whole", lambda folder: folder)
    ended = auditor("notify", run, "--config", config, *arguments)
    assert ended.exit_code == 2
    assert said in ended.stderr


def test_nothing_is_told_of_a_run_that_was_changed(tmp_path, monkeypatch):
    config = configured(tmp_path, monkeypatch, {"mail": "x"})
    run = night(tmp_path / "runs", 1, account(finding("a")))
    (run / "summary.pdf").write_bytes(b"another")
    ended = auditor("notify", run, "--config", config)
    assert ended.exit_code == 5
    assert not (tmp_path / "runs" / FILE).exists()


def test_a_folder_without_room_for_the_record_is_told_and_ends_nothing(tmp_path, monkeypatch):
    from auditor.cli.delivering import deliver
    from auditor.config import load_deliveries

    monkeypatch.setattr(os, "write", _full)
    config = configured(tmp_path, monkeypatch, {"mail": "nonsense://"})
    run = night(tmp_path / "runs", 1, account(finding("a")))
    shutil.rmtree(run)
    deliver(load_deliveries(config), run)


def _full(*_: object) -> int:
    raise OSError(28, "No space left on device")
