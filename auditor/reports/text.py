"""Makes text from NetSuite fit to stand in a document: what cannot be shown becomes visible, nothing is dropped."""

from __future__ import annotations

import re

_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters but tab and line feed: XML refuses most of them
    "\u2028\u2029"  # line and paragraph separators: they would break a line where the layout knows of none
    "\u202a-\u202e\u2066-\u2069"  # embeddings, overrides, isolates: they would turn the text that follows around
    "\ud800-\udfff"  # lone surrogates: UTF-8 cannot write them
    "\ufdd0-\ufdef\ufffe\uffff"  # code points that are not characters
    + "".join(chr(plane << 16 | last) for plane in range(1, 17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
_CONTROL_PICTURES = 0x2400
_DELETE = 0x7F


def printable(text: str) -> str:
    """*text* as XML, HTML, PDF and XLSX can hold it and as a reader can see it, of the same length.

    A control character becomes its picture (NUL is shown as U+2400); tab and line feed stay. Everything else that
    cannot be shown, or that would rearrange the text around it, becomes U+FFFD. Escaping is the format's own work.
    """
    return _UNPRINTABLE.sub(_stand_in, text)


def _stand_in(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code < ord(" "):
        return chr(_CONTROL_PICTURES + code)
    return "\u2421" if code == _DELETE else "\ufffd"
