"""``index.html``, one self-contained file: it asks for nothing from anywhere, and runs no script but its own.

Three walls keep a text from NetSuite a text: the template escapes it, the script puts it on the page as text alone,
and the page's Content-Security-Policy lets only the two inline pieces run whose digests it names.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import msgspec
from markupsafe import Markup

from auditor.errors import ReportError
from auditor.model import Run
from auditor.reports.html.columns import SEVERITIES, STATES, Columns, columns
from auditor.reports.html.view import index_view
from auditor.reports.pdf import AccountPdf
from auditor.reports.pdf.typeset import Typesetter
from auditor.reports.workbook import ChangesWorkbook

TEMPLATE = "index.html.j2"
STYLES = ("index.css", "house.css")
SCRIPTS = ("index.js",)


class Data(msgspec.Struct, frozen=True, kw_only=True):
    """What the page's script gets, as JSON. Paths are relative to the page."""

    states: tuple[str, ...] = STATES
    severities: tuple[str, ...] = SEVERITIES
    pdf: str = AccountPdf.filename
    workbook: str = ChangesWorkbook.filename
    findings: Columns


class IndexPage:
    """``index.html``: all accounts and all that is not passed, to filter, sort, print and link to."""

    filename = "index.html"

    def __init__(self, templates: Path | None = None) -> None:
        """*templates*: a folder of one's own templates, styles and scripts, which win over those that ship."""
        self._typesetter = Typesetter(templates)

    def render(self, run: Run) -> bytes:
        """The page's bytes, UTF-8.

        Raises:
            ReportError: a template, style or script is at fault; the message names it.
        """
        style, script = self._inlined(STYLES, "style"), self._inlined(SCRIPTS, "script")
        view = index_view(run, style=style, script=script, data=_data(run), policy=_policy(style, script))
        return self._typesetter.html(TEMPLATE, view).encode("utf-8")

    def _inlined(self, names: tuple[str, ...], element: str) -> Markup:
        """The files, one after the other, as they stand between the tags of *element*."""
        text = "\n".join(self._file(name, element) for name in names)
        return Markup(text)  # noqa: S704 - a template folder's own file, and _file() saw that it cannot end the element

    def _file(self, name: str, element: str) -> str:
        path = next(folder / name for folder in self._typesetter.folders if (folder / name).is_file())
        try:
            # A browser takes a carriage return for a line feed, and would find another digest.
            text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        except (OSError, UnicodeDecodeError) as error:
            raise ReportError(f"{path} cannot be read: {error}.", "Save it as UTF-8 text.") from error
        for mark in (f"</{element}", "<!--", "\0"):
            if mark in text.lower():
                raise ReportError(
                    f"{path} has {mark!r} in it, which cannot stand inside a page's {element}.",
                    "Write it another way, or take the file out of your templates folder to use the one that ships.",
                )
        return text


def _data(run: Run) -> Markup:
    """The findings as JSON that can stand in a page: no ``<`` in it, so neither a tag nor a comment can begin."""
    written = msgspec.json.encode(Data(findings=columns(run.results)))
    escaped = written.replace(b"<", rb"\u003c").replace(b">", rb"\u003e").replace(b"&", rb"\u0026").decode()
    return Markup(escaped)  # noqa: S704 - JSON without any sign that HTML reads as its own


def _policy(style: Markup, script: Markup) -> str:
    return (
        f"default-src 'none'; script-src {_digest(script)}; style-src {_digest(style)}; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
