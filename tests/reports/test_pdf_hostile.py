"""Any text, in every field that bears text: nothing crashes, nothing is interpreted, nothing leaves the page."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from auditor.reports.pdf import AccountPdf, SummaryPdf
from auditor.reports.pdf.account import account_view
from auditor.reports.pdf.summary import summary_view
from auditor.reports.pdf.typeset import Typesetter
from auditor.reports.pdf.words import LONGEST, shown
from tests import samples
from tests.reports import pdf_reading as read
from tests.reports.pdf_hostile import CORPUS, poisoned

SHORT = " ".join(text for text in CORPUS.values() if len(text) < 300)
MARGIN = 17 / 25.4 * 72
ANY_TEXT = st.text(st.characters(codec=None, categories=None), min_size=1)


def poisoned_run(text):
    result = samples.mixed_result()
    # One finding of each status and two rows of everything else are enough, and much faster.
    few = (*result.findings[:2], *result.findings[-3:])
    asked = replace(result.baselines[0], requirements=result.baselines[0].requirements[:2])
    read_in = replace(result.snapshot, coverage=result.snapshot.coverage[:2])
    result = poisoned(replace(result, findings=few, baselines=(asked,), snapshot=read_in), text)
    run = samples.run(result, failures=(poisoned(samples.FAILED_ACCOUNT, text),))
    return result, poisoned(run, text)


class Skeleton(HTMLParser):
    """The tags of a document with the names of their attributes, and its text."""

    def __init__(self):
        super().__init__()
        self.tags = []
        self.text = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, tuple(name for name, _ in attrs)))

    def handle_endtag(self, tag):
        self.tags.append((f"/{tag}", ()))

    def handle_data(self, data):
        self.text.append(data)


def skeletons(text):
    result, run = poisoned_run(text)
    typesetter = Typesetter()
    found = []
    for template, view in (("report.html.j2", account_view(result, run)), ("summary.html.j2", summary_view(run))):
        html = typesetter.html(template, view)
        html.encode("utf-8")
        parser = Skeleton()
        parser.feed(html)
        found.append(parser)
    return found


PLAIN = [parser.tags for parser in skeletons("x")]


@settings(max_examples=25, deadline=None)
@given(ANY_TEXT)
def test_no_text_adds_or_removes_a_tag_or_an_attribute(text):
    assert [parser.tags for parser in skeletons(text)] == PLAIN


@pytest.mark.parametrize("name", [name for name, text in CORPUS.items() if text])
def test_nothing_of_the_corpus_adds_or_removes_a_tag_and_all_of_it_is_shown(name):
    for parser, plain in zip(skeletons(CORPUS[name]), PLAIN, strict=True):
        assert parser.tags == plain
        assert "".join(shown(CORPUS[name], 60).split()) in "".join("".join(parser.text).split())


@pytest.mark.parametrize("text", [SHORT, CORPUS["long word"], ""], ids=["short ones together", "long word", "empty"])
def test_the_pdf_is_made_and_every_word_stays_inside_the_margins(text, tmp_path):
    result, run = poisoned_run(text)
    pages = []
    for pdf in (AccountPdf().render(result, run), SummaryPdf().render(run)):
        pages.append(len(read.reader(pdf).pages))
        placed = read.words(pdf, tmp_path)
        assert len(placed) > 200
        width, height = read.A4
        outside = [word for word in placed if word[0] < MARGIN - 3 or word[2] > width - MARGIN + 3]
        assert outside == []
        assert [word for word in placed if word[1] < 0 or word[3] > height] == []
    assert pages[0] < 60


def test_control_characters_and_lone_surrogates_are_seen_in_the_pdf():
    result = samples.mixed_result(role_name="nul\x00esc\x1bdel\x7f \ud800 \u202eover")
    assert "Role nul␀esc␛del␡ \ufffd \ufffdover customrole1042" in read.text(
        AccountPdf().render(result, samples.run(result))
    )


def test_a_long_text_is_cut_and_says_how_long_it_was():
    assert shown("W" * 10_000) == "W" * LONGEST + "… (10,000 characters)"
    assert shown("W" * LONGEST) == "W" * LONGEST
    assert re.fullmatch(r"a{9}… \(10 characters\)", shown("a" * 10, 9))
