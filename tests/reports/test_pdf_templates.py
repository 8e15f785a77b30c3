"""Own templates win, their mistakes are named, and nothing outside the template folders is ever read."""

from __future__ import annotations

import http.server
import threading
from pathlib import Path

import pytest

from auditor.errors import ConfigurationError, ReportError
from auditor.reports.pdf import AccountPdf, SummaryPdf
from auditor.reports.pdf.account import account_view
from auditor.reports.pdf.typeset import Typesetter
from tests import samples
from tests.reports import pdf_reading as read

PAGE = '{{% extends "base.html.j2" %}}\n{{% block content %}}\n{}\n{{% endblock %}}\n'
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'


def render(folder: Path) -> bytes:
    result = samples.mixed_result()
    return AccountPdf(folder).render(result, samples.run(result))


def write(folder: Path, text: str, name: str = "report.html.j2") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_an_own_template_lays_a_logo_and_a_style_over_the_shipped_one(tmp_path):
    write(tmp_path, LOGO, "logo.svg")
    write(tmp_path, "h1 { color: #ff0000 }", "house.css")
    write(
        tmp_path,
        '{% extends "shipped/report.html.j2" %}\n'
        '{% block masthead %}<img src="logo.svg" alt="ACME" style="width:9mm">{{ super() }}{% endblock %}',
    )
    pdf = render(tmp_path)
    assert next(str(tag["/Alt"]) for tag in read.tags(pdf) if tag["/S"] == "/Figure") == "ACME"
    assert "Account 1234567" in read.text(pdf, 0)
    assert "1 0 0 rg" in read.reader(pdf).pages[0].get_contents().get_data().decode("latin-1")


def test_a_template_that_is_not_overridden_is_the_shipped_one(tmp_path):
    run = samples.run(samples.clean_result())
    write(tmp_path, PAGE.format("<h1>Mine</h1>"))
    assert SummaryPdf(tmp_path).render(run) == SummaryPdf().render(run)
    assert read.text(render(tmp_path), 0).startswith("Mine")


@pytest.mark.parametrize(
    ("body", "line", "said"),
    [
        ("{{ report.nonsense }}", 3, "nonsense"),
        ("\n\n{{ undefined_thing }}", 5, "'undefined_thing' is undefined"),
        ("{% for x in %}{% endfor %}", 3, "TemplateSyntaxError"),
        ("{{ 1 / 0 }}", 3, "ZeroDivisionError"),
        ("{{ report.account + 1 }}", 3, "TypeError"),
        ("{{ report.account | nofilter }}", 3, "nofilter"),
        ('{% include "gone.css" %}', 3, "gone.css"),
    ],
)
def test_a_mistake_in_a_template_names_file_and_line(tmp_path, body, line, said):
    file = write(tmp_path, PAGE.format(body))
    with pytest.raises(ReportError) as caught:
        render(tmp_path)
    assert f"{file}:{line}" in caught.value.message
    assert said in caught.value.message
    assert caught.value.remedy


def test_a_mistake_in_an_included_template_names_that_file(tmp_path):
    file = write(tmp_path, "<p>\n{{ report.nonsense }}</p>", "appendix.html.j2")
    with pytest.raises(ReportError, match="appendix") as caught:
        render(tmp_path)
    assert f"{file}:2" in caught.value.message


def test_an_own_style_sheet_is_read_by_its_address(tmp_path):
    write(tmp_path, "p { color: #00ff00 }", "mine.css")
    write(tmp_path, PAGE.format('<link rel="stylesheet" href="mine.css"><p>green</p>'))
    assert "0 1 0 rg" in read.reader(render(tmp_path)).pages[0].get_contents().get_data().decode("latin-1")


def test_a_template_that_is_not_utf_8_is_a_report_error(tmp_path):
    (tmp_path / "report.html.j2").write_bytes(b"caf\xe9")
    with pytest.raises(ReportError, match=r"report\.html\.j2.*UnicodeDecodeError"):
        render(tmp_path)


def test_a_templates_folder_that_is_not_there_is_said_at_once(tmp_path):
    with pytest.raises(ConfigurationError, match="nowhere is not there"):
        AccountPdf(tmp_path / "nowhere")


@pytest.fixture
def visited():
    """Addresses asked of a real server on the loopback."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        asked.append(f"http://127.0.0.1:{server.server_port}")
        yield asked
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    "asks",
    [
        '<img alt="" src="{url}">',
        '<style>@import url("{url}");</style>',
        '<p style="background: url({url})">x</p>',
        '<link rel="stylesheet" href="{url}">',
        '<link rel="attachment" href="{url}">',
        "<style>@font-face {{ font-family: x; src: url({url}) }} p {{ font-family: x }}</style><p>x</p>",
        '<svg xmlns="http://www.w3.org/2000/svg"><image href="{url}" width="9" height="9"/></svg>',
        '<object data="{url}"></object>',
        '<embed src="{url}">',
    ],
)
@pytest.mark.parametrize("what", ["http", "file", "data", "outside", "link"])
def test_a_template_can_fetch_nothing_from_outside_its_folders(tmp_path, visited, asks, what):
    secret = tmp_path / "secret.svg"
    secret.write_text(LOGO)
    own = tmp_path / "own"
    own.mkdir()
    (own / "link.svg").symlink_to(secret)
    url = {
        "http": f"{visited[0]}/logo.svg",
        "file": secret.as_uri(),
        "data": "data:image/svg+xml,%3Csvg%20xmlns=%27http://www.w3.org/2000/svg%27/%3E",
        "outside": "../secret.svg",
        "link": "link.svg",
    }[what]
    write(own, PAGE.format(asks.format(url=url)))
    with pytest.raises(ReportError, match="A template asks for"):
        render(own)
    assert visited[1:] == []


def test_names_that_look_like_addresses_fetch_nothing_and_are_shown(visited):
    name = f'<img src="{visited[0]}/x.png"> file:///etc/passwd url({visited[0]}/y)'
    result = samples.mixed_result(role_name=name)
    pdf = AccountPdf().render(result, samples.run(result))
    assert visited[1:] == []
    assert f'Role <img src="{visited[0]}/x.png"> file:///etc/passwd url({visited[0]}/y) customrole1042' in read.text(
        pdf
    )
    assert not any(
        "/A" in annotation.get_object() for page in read.reader(pdf).pages for annotation in page.annotations or []
    )


def test_template_text_in_a_name_is_not_run():
    result = samples.mixed_result(role_name="{{ 9999 * 9999 }}{% raw %}")
    html = Typesetter().html("report.html.j2", account_view(result, samples.run(result)))
    assert "{{ 9999 * 9999 }}{% raw %}" in html
    assert "99980001" not in html


def test_no_shipped_template_switches_escaping_off():
    folder = Typesetter().folders[-1]
    for file in folder.glob("*.j2"):
        text = file.read_text(encoding="utf-8")
        assert "safe" not in text, file
        assert "autoescape" not in text, file
