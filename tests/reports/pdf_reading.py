"""Reads a PDF back from outside: its text, where words stand, its fonts, its structure tags, its bookmarks."""

from __future__ import annotations

import io
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont
from pypdf import PdfReader

A4 = (595.28, 841.89)


def reader(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def text(pdf: bytes, page: int | None = None) -> str:
    """The words of one page (from 0) or of all, with single spaces."""
    pages = reader(pdf).pages
    chosen = pages if page is None else [pages[page]]
    return " ".join(" ".join(each.extract_text() for each in chosen).split())


def spoken(pdf: bytes, folder: Path) -> str:
    """The words in the order of the structure tags: what a screen reader says."""
    file = folder / "spoken.pdf"
    file.write_bytes(pdf)
    found = subprocess.run(["pdfinfo", "-struct-text", str(file)], capture_output=True, check=True)
    said = re.findall(r'^ *"(.*)"$', found.stdout.decode(errors="replace"), flags=re.MULTILINE)
    return " ".join(" ".join(said).split())


def words(pdf: bytes, folder: Path) -> list[tuple[float, float, float, float, str]]:
    """Left, top, right, bottom (points) and text of every word, as poppler sees them."""
    file = folder / "words.pdf"
    file.write_bytes(pdf)
    found = subprocess.run(["pdftotext", "-bbox", str(file), "-"], capture_output=True, check=True)
    boxes = re.findall(
        r'<word xMin="([^"]+)" yMin="([^"]+)" xMax="([^"]+)" yMax="([^"]+)">(.*?)</word>',
        found.stdout.decode(errors="replace"),
    )
    return [(float(left), float(top), float(right), float(bottom), word) for left, top, right, bottom, word in boxes]


def fonts(pdf: bytes) -> set[tuple[str, str]]:
    """Each font's name in the PDF without its subset tag, and the full name that the embedded file itself bears."""
    found = set()
    for page in reader(pdf).pages:
        for font in page["/Resources"]["/Font"].values():
            face = font.get_object()
            descriptor = face["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
            file = TTFont(io.BytesIO(descriptor["/FontFile2"].get_object().get_data()))
            found.add((str(face["/BaseFont"]).partition("+")[2], str(file["name"].getDebugName(4))))
    return found


def tags(pdf: bytes) -> Iterator[dict[str, Any]]:
    """Every structure element, in order."""

    def walk(element: Any) -> Iterator[dict[str, Any]]:
        element = element.get_object()
        if isinstance(element, list):
            for each in element:
                yield from walk(each)
        elif isinstance(element, dict):
            if "/S" in element:
                yield element
            yield from walk(element.get("/K", []))

    yield from walk(reader(pdf).trailer["/Root"]["/StructTreeRoot"]["/K"])


def tag_counts(pdf: bytes) -> Counter[str]:
    return Counter(str(tag["/S"]) for tag in tags(pdf))


def bookmarks(pdf: bytes) -> list[str]:
    """Titles of the outermost bookmarks."""
    return [each.title for each in reader(pdf).outline if not isinstance(each, list)]
