"""index.html as a file: what it says without its script, what it hands to the script, and what it keeps out."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from auditor.errors import ReportError
from auditor.model import Scope, Severity, State, Status
from auditor.reports.html import IndexPage
from auditor.reports.text import printable
from tests import samples
from tests.reports.hostile import HOSTILE, hostile_result
from tests.reports.pdf_hostile import CORPUS, poisoned

RUN = samples.run(samples.followed_result(), samples.clean_result(), failures=(samples.FAILED_ACCOUNT,))
ANY_TEXT = st.text(st.characters(codec=None, categories=None), min_size=1)


class Page(HTMLParser):
    """The tags of a page with the names of their attributes, its tables, links and scripts."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.links: list[str] = []
        self.inline: list[tuple[str, str]] = []
        self.rows: list[list[str]] = []
        self.policy = ""
        self._text: list[str] = []
        self._open = ""
        self.feed(data.decode())

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append((tag, tuple(given)))
        if tag == "a":
            self.links.append(given["href"])
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = given["content"]
        if tag in ("script", "style"):
            self._open = given.get("type", tag)
        if tag == "tr":
            self.rows.append([])
        self._text = []

    def handle_data(self, data):
        self._text.append(data)
        if self._open:
            self.inline.append((self._open, data))

    def handle_endtag(self, tag):
        self.tags.append((f"/{tag}", ()))
        if tag in ("script", "style"):
            self._open = ""
        if tag in ("td", "th"):
            self.rows[-1].append(" ".join("".join(self._text).split()))

    @property
    def data(self):
        return json.loads("".join(text for kind, text in self.inline if kind == "application/json"))


def rendered(run=RUN) -> Page:
    return Page(IndexPage().render(run))


def text(data: bytes) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", re.sub(r"(?s)<(script|style).*?</\1>", " ", data.decode())).split())


def told(page: Page, row: int, column: str):
    """What the script shows of one finding in one column."""
    found = page.data["findings"][column]
    return found["values"][found["rows"][row]]


def test_without_its_script_it_says_what_became_of_every_account():
    said = text(IndexPage().render(RUN))
    for part in (
        "3 expected, 2 audited",
        "Verdict: findings, and incomplete",
        "1 of 2 audited accounts does not meet what is required.",
        "9999999 The folder holds no file that can be read. Give the folder that holds the exports.",
        "features ○ not given No export of this kind was among the files. 1234567",
        "OAuth 2.0 authorizations: no table lists them",
        "Ana Ortiz 2027-01-31 Employees are not synced here; Finance asked for the lower level. CHG-1042 1 1234567",
        "The 4 findings that are not met can be filtered here where JavaScript is allowed.",
    ):
        assert part in said, part
    assert rendered().rows[3][2:8] == ["2", "1", "1", "0", "6", "1"]
    assert rendered().rows[3][8] == "features: not given"
    assert rendered().rows[4][2:9] == ["0", "0", "0", "0", "6", "0", "nothing"]


def test_it_leads_to_every_file_by_a_path_inside_the_run_folder():
    links = rendered().links
    assert {"summary.pdf", "summary.xlsx", "run.json", "findings.csv", "SHA256SUMS"} <= set(links)
    for account in ("1234567", "7654321_SB1"):
        for name in ("report.pdf", "changes.xlsx", "findings.json"):
            assert f"accounts/{account}/{name}" in links
    assert all(re.fullmatch(r"#[a-z]+|[A-Za-z0-9_./-]+", link) and ".." not in link for link in links), links


def test_it_hands_the_script_what_failed_what_is_unknown_and_what_is_waived():
    page = rendered()
    states = [page.data["states"][state] for state in page.data["findings"]["state"]]
    assert states == ["failed", "failed", "unknown", "waived"]
    assert told(page, 0, "account") == ["1234567", "accounts/1234567"]
    assert told(page, 0, "subject") == ["Expensify Integration", "Role", "customrole1042"]
    assert told(page, 0, "title") == "Role 'Expensify Integration' has Classes at None, View is needed"
    assert told(page, 0, "permission") == ["Classes", "LIST_CLASS", "Lists"]
    assert told(page, 0, "change") == ["Expensify Integration", "customrole1042", "None", "View"]
    assert told(page, 0, "since") == ["2026-11-02T02:00:00Z", 20, ""]
    assert told(page, 1, "since") == ["2026-10-01T02:00:00Z", 3, "2026-11-20T02:00:00Z"]
    assert told(page, 2, "remedy") == ["Add the users and roles export."]
    assert told(page, 3, "waiver")[:2] == ["Ana Ortiz", "2027-01-31"]
    assert told(page, 0, "waiver") is None
    assert page.data["findings"]["id"][0] == samples.followed_result().failed()[0].id


def test_the_order_of_a_column_is_the_order_of_its_numbers():
    page = rendered(samples.run(samples.big_result(160), samples.mixed_result("77", "会計部"), samples.clean_result()))
    for name, column in page.data["findings"].items():
        if isinstance(column, dict) and all(isinstance(each, str) for each in column["values"]):
            assert column["values"] == sorted(column["values"], key=lambda each: (each.casefold(), each)), name
            assert len(column["rows"]) == len(page.data["findings"]["id"])


def test_nothing_is_fetched_and_nothing_runs_but_what_the_policy_names():
    page = rendered()
    assert not {tag for tag, _ in page.tags} & {"img", "iframe", "object", "embed", "base", "audio", "video", "link"}
    names = {name for _, attributes in page.tags for name in attributes}
    assert not names & {"src", "srcset", "style", "ping", "action", "formaction"}
    assert not [name for name in names if name.startswith("on")]
    assert "url(" not in page.inline[0][1]
    assert "@import" not in page.inline[0][1]
    directives = dict(part.split(" ", 1) for part in page.policy.split("; "))
    assert directives["default-src"] == "'none'"
    for kind in ("script", "style"):
        (piece,) = (each for name, each in page.inline if name == kind)
        digest = base64.b64encode(hashlib.sha256(piece.encode()).digest()).decode()
        assert directives[f"{kind}-src"] == f"'sha256-{digest}'"


def test_the_script_writes_no_markup():
    (script,) = (each for name, each in rendered().inline if name == "script")
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|DOMParser", script
    )


def hostile_run(words: str):
    result = poisoned(samples.followed_result(), words)
    return samples.run(result, failures=(poisoned(samples.FAILED_ACCOUNT, words),))


PLAIN = rendered(hostile_run("x")).tags


@pytest.mark.parametrize("words", [*HOSTILE, *CORPUS.values()], ids=lambda words: repr(words[:20]))
def test_hostile_text_adds_no_tag_and_no_attribute_and_reaches_the_script_as_text(words):
    if not words:
        return
    page = rendered(hostile_run(words))
    assert page.tags == PLAIN
    assert told(page, 0, "title").startswith(printable(words)[:1000].rstrip())
    rendered(samples.run(hostile_result(words)))


@settings(max_examples=25)
@given(ANY_TEXT)
def test_no_text_adds_or_removes_a_tag(words):
    page = rendered(hostile_run(words))
    assert page.tags == PLAIN
    assert told(page, 0, "reason") == printable(words)


def test_no_sign_of_markup_is_in_what_the_script_gets():
    data = IndexPage().render(hostile_run("</script><!--<script>")).decode()
    (inside,) = re.findall(r'(?s)<script type="application/json" id="data">(.*?)</script>', data)
    assert "<" not in inside
    assert json.loads(inside)["findings"]["title"]["values"] == ["</script><!--<script>"]


def test_long_texts_are_cut_and_say_so():
    page = rendered(hostile_run("W" * 40_000))
    assert told(page, 0, "title") == "W" * 1000 + "… (40,000 characters)"


def test_a_clean_run_and_an_empty_one_say_so_without_an_all_clear():
    clean = text(IndexPage().render(samples.run(samples.clean_result())))
    assert "Verdict: clean" in clean
    assert "Every kind of data was read in full in every audited account." in clean
    assert "No finding failed or is unknown in the audited accounts." in clean
    nothing = text(IndexPage().render(samples.run(failures=(samples.FAILED_ACCOUNT,))))
    assert "1 expected, 0 audited" in nothing
    assert "No account was audited, so there are none." in nothing
    assert "clean" not in nothing


def test_an_unknown_finding_is_not_called_waived_and_a_partial_read_is_named():
    mixed = samples.mixed_result()
    findings = tuple(
        replace(each, waiver=samples.WAIVER) if each.status is Status.UNKNOWN else each for each in mixed.findings
    )
    broken = replace(mixed, findings=findings, snapshot=samples.snapshot(role_permissions=State.PARTIAL))
    page = rendered(samples.run(broken))
    assert [page.data["states"][each] for each in page.data["findings"]["state"]].count("unknown") == 1
    assert page.rows[1][8] == "role permissions: partial"


def test_failures_that_the_audit_does_not_count_are_told_of():
    lenient = replace(samples.mixed_result(), scope=Scope(fail_on=Severity.CRITICAL))
    said = text(IndexPage().render(samples.run(lenient)))
    assert "3 findings are noted: failed, below the severity that this audit counts." in said
    page = rendered(samples.run(lenient))
    assert [page.data["states"][each] for each in page.data["findings"]["state"]].count("noted") == 3
    assert page.rows[1][2:6] == ["0", "1", "0", "3"]
    assert "below the severity" not in text(IndexPage().render(RUN))


def test_a_thousand_accounts_that_share_a_reason_share_a_row():
    run = samples.run(*(samples.mixed_result(str(2_000_000 + number)) for number in range(40)))
    said = text(IndexPage().render(run))
    assert said.count("No export of this kind was among the files.") == 1
    assert "2000011 and 28 more" in said


def test_the_same_run_gives_the_same_bytes():
    assert IndexPage().render(RUN) == IndexPage().render(RUN)


def test_an_own_folder_wins_and_its_style_is_in_the_policy(tmp_path):
    (tmp_path / "house.css").write_bytes(b":root { --accent: #00ff00 }\r\n")
    (tmp_path / "index.html.j2").write_text(
        '{% extends "shipped/index.html.j2" %}{% block masthead %}<h1>ACME</h1>{% endblock %}', encoding="utf-8"
    )
    page = Page(IndexPage(tmp_path).render(RUN))
    (style,) = (each for name, each in page.inline if name == "style")
    assert style.endswith(":root { --accent: #00ff00 }\n")
    assert base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() in page.policy
    assert "<h1>ACME</h1>" in IndexPage(tmp_path).render(RUN).decode()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("index.js", b"const a = '</script>';", "'</script'"),
        ("house.css", b"a { content: '</STYLE>' }", "'</style'"),
        ("index.css", b"\xff\xfe", "Save it as UTF-8"),
        ("index.html.j2", b"{{ report.nonsense }}", "index.html.j2:1"),
    ],
)
def test_a_mistake_in_an_own_file_names_the_file(tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ReportError, match=re.escape(name)) as caught:
        IndexPage(tmp_path).render(RUN)
    assert said in str(caught.value)
