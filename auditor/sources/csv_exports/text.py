"""From the bytes of delimited text to rows of cells: encoding, delimiter, and whether it ends where it should."""

from __future__ import annotations

import codecs
import csv
import io

from msgspec import Struct

from auditor.sources.piece import BrokenFileError

DELIMITERS = (",", ";", "\t", "|")
_MARKS = (
    # UTF-32's little-endian mark begins with UTF-16's: it is looked for first.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_AGAIN = "Export it again as CSV in UTF-8, or take the file out of the input."


class Grid(Struct):
    """Rows of cells, each with the line (or worksheet row) at which it begins. Cells are stripped of outer space."""

    rows: list[tuple[int, list[str]]]
    problems: list[str]
    """Why rows may be missing; empty if the text was read to a proper end."""
    ragged: bool = False
    """Rows may be shorter than the header without anything being wrong, as in a worksheet."""


def decode(data: bytes) -> tuple[str, str]:
    """The text of *data*, and a remark if its encoding had to be guessed.

    Raises:
        BrokenFileError: no encoding fits.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decoded(data, encoding), ""
    if b"\0" in data[:2000]:
        wide = _wide_encoding(data[:2000])
        if wide:
            return _decoded(data, wide), f"It has no byte order mark; it was read as {wide.upper()}, a guess."
    try:
        return _decoded(data, "utf-8"), ""
    except BrokenFileError:
        return _guessed(data)


def parse(text: str, delimiter: str) -> Grid:
    """The rows of *text*. A last line without its line break may have lost its end, so it is not among them."""
    # Strict: a quotation mark that is never closed would otherwise swallow the rest of the file without a word.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    grid = Grid([], [])
    start = 1
    try:
        for cells in reader:
            grid.rows.append((start, [cell.strip() for cell in cells]))
            start = reader.line_num + 1
    except csv.Error as error:
        grid.problems.append(f"line {start}: {error}; nothing from there on was read")
        return grid
    if grid.rows and not text.endswith(("\n", "\r")):
        line, _ = grid.rows.pop()
        grid.problems.append(
            f"line {line}: the last line does not end with a line break, so the file may be cut there; that line is "
            "not used"
        )
    return grid


def _decoded(data: bytes, encoding: str) -> str:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        text = decoder.decode(data)
    except UnicodeDecodeError as error:
        raise BrokenFileError(f"Its text is damaged ({encoding}: {error.reason}).", _AGAIN) from error
    # A text that was cut inside a character must not end with what happens to stand before it, such as a line break.
    return f"{text}\ufffd" if decoder.getstate()[0] else text


def _wide_encoding(sample: bytes) -> str:
    """UTF-16 without its mark shows in mostly Latin text: a NUL in nearly every second byte, and none between."""
    even, odd = sample[0::2], sample[1::2]
    for encoding, letters, zeros in (("utf-16-le", even, odd), ("utf-16-be", odd, even)):
        if 0 not in letters and zeros.count(0) > 0.7 * len(zeros):
            return encoding
    return ""


def _guessed(data: bytes) -> tuple[str, str]:
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    if best is None:
        raise BrokenFileError("It is neither text in a known encoding nor a workbook.", _AGAIN)
    # Where several encodings give this very text, the one is named that NetSuite itself exports in.
    encoding = "cp1252" if "cp1252" in best.could_be_from_charset else best.encoding
    return str(best), f"It is not UTF-8; it was read as {encoding}, a guess. Export it in UTF-8 to be sure."
