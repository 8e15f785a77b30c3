"""Any text becomes one that a document can hold."""

from __future__ import annotations

import unicodedata
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.reports.text import printable

ANY_TEXT = st.text(st.characters(codec=None, categories=None))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Expensify Integration", "Expensify Integration"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("a\x00b\x1bc\x7fd\re", "a\u2400b\u241bc\u2421d\u240de"),
        ("a\x85b", "a\ufffdb"),
        ("a\ud800b", "a\ufffdb"),
        ("a\ufffeb\uffffc\U0001fffed", "a\ufffdb\ufffdc\ufffdd"),
        ("abc\u202efdp.exe\u2069", "abc\ufffdfdp.exe\ufffd"),
        ("a\u2028b", "a\ufffdb"),
        (
            "\u05d4\u05e8\u05e9\u05d0\u05d4 \u4f1a\u8ba1 \U0001f468\u200d\U0001f469",
            "\u05d4\u05e8\u05e9\u05d0\u05d4 \u4f1a\u8ba1 \U0001f468\u200d\U0001f469",
        ),
    ],
)
def test_what_cannot_be_shown_becomes_visible(text, shown):
    assert printable(text) == shown


@given(ANY_TEXT)
def test_the_result_is_held_by_utf_8_and_xml_and_keeps_its_length(text):
    shown = printable(text)
    assert len(shown) == len(text)
    escaped = shown.replace("&", "&amp;").replace("<", "&lt;")
    read_back = ET.fromstring(f"<a>{escaped}</a>".encode()).text or ""
    assert read_back == shown
    assert printable(shown) == shown


@given(ANY_TEXT)
def test_only_characters_that_no_document_can_show_are_replaced(text):
    for before, after in zip(text, printable(text), strict=True):
        if before != after:
            assert unicodedata.category(before) in {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"}
