"""Puts one text into every field of a record that holds text from outside, so that no template place is forgotten."""

from __future__ import annotations

from typing import TypeVar

import msgspec

T = TypeVar("T")

CORPUS = {
    "markup": "<script>alert(1)</script><img src=file:///etc/passwd><b>bold</b>&amp;&#x202e;",
    "style": "</style><style>@import url(http://127.0.0.1:9/a.css);body{display:none}</style>",
    "attribute": '" onload="x" style="background:url(http://127.0.0.1:9/a.png)" \'',
    "template": "{{ report.account }}{% raw %}{# gone #}${x}#{y}{{ 7 * 7 }}",
    "formula": '=HYPERLINK("http://127.0.0.1:9")',
    "control": "nul\x00 bell\x07 esc\x1b[31m del\x7f next\x85 line\nfeed\ttab\r\n",
    "surrogate": "lone \ud800 and \udfff here",
    "noncharacter": "\ufffe\uffff\U0010ffff\ufdd0",
    "bidi": "abc\u202edef\u2066ghi \u05d4\u05e8\u05e9\u05d0\u05d4 \u0627\u0644\u062f\u0648\u0631",
    "separators": "one\u2028two\u2029three\u200b\u00ad\ufeff",
    "emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f3f3\ufe0f\u200d\U0001f308 \u2764\ufe0f",
    "cjk": "\u4f1a\u8ba1\u89d2\u8272 \u7d4c\u7406 \ud68c\uacc4",
    "combining": "Z" + "\u0335\u0301\u0322" * 60,
    "long word": "W" * 10_000,
    "long text": "many words " * 1_000,
    "blank": " \t ",
    "empty": "",
}


def poisoned(record: T, text: str) -> T:
    """*record* with *text* in place of every string in it, at any depth; enums, numbers and structure stay."""
    if isinstance(record, str):
        return text  # type: ignore[return-value]
    if isinstance(record, tuple):
        return tuple(poisoned(each, text) for each in record)  # type: ignore[return-value]
    if isinstance(record, dict):
        return {poisoned(key, text): value for key, value in record.items()}  # type: ignore[return-value]
    if isinstance(record, msgspec.Struct):
        fields = {name: poisoned(getattr(record, name), text) for name in record.__struct_fields__}
        return type(record)(**fields)
    return record
