"""From a view to a PDF: Jinja2 fills the template, WeasyPrint lays it out."""

from __future__ import annotations

import gc
import traceback
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from auditor.errors import ConfigurationError, ReportError
from auditor.reports.pdf.charts import Chart
from auditor.reports.pdf.words import shown
from auditor.shipped import shipped_folder

if TYPE_CHECKING:
    from jinja2 import Environment
    from weasyprint import HTML, Attachment
    from weasyprint.text.fonts import FontConfiguration


class Embedded(Struct, frozen=True, kw_only=True):
    """A file inside the PDF, which a reader lists among the attachments. *created* is UTC, ISO 8601."""

    name: str
    data: bytes
    about: str
    created: str

    def attachment(self) -> Attachment:
        """The file as WeasyPrint takes it; the date is the run's, so that the bytes are the same each time."""
        from weasyprint import Attachment

        moment = datetime.fromisoformat(self.created)
        return Attachment(
            string=self.data,
            name=self.name,
            description=self.about,
            relationship="Data",
            created=moment,
            modified=moment,
        )


class Typesetter:
    """Templates of one user: those of *own*, a folder, win over those that ship with the program.

    A template of *own* may extend the one that it replaces as ``shipped/report.html.j2``.

    Raises:
        ConfigurationError: *own* is not a folder.
    """

    def __init__(self, own: Path | None = None) -> None:
        if own is not None and not own.is_dir():
            raise ConfigurationError(f"The templates folder {own} is not there.", "Name an existing folder, or none.")
        shipped = shipped_folder("templates")
        self.folders: tuple[Path, ...] = (own, shipped) if own else (shipped,)

    def pdf(
        self, template: str, report: object, *, charts: Sequence[Chart] = (), embedded: Embedded | None = None
    ) -> bytes:
        """The PDF that *template* makes of *report*: tagged, its own fonts inside, the same bytes each time.

        It is PDF/UA-1, or PDF/A-3a with the file *embedded* in it where one is given.

        Raises:
            ReportError: the template is at fault (the message names file and line), or Pango is not installed.
        """
        drawn = {chart.address: chart.svg for chart in charts}
        return _laid_out(self.html(template, report), self, drawn, embedded)

    def html(self, template: str, report: object) -> str:
        """The filled template. Every value in it is printable, of bounded length, and escaped.

        Raises:
            ReportError: the template is at fault; the message names file and line.
        """
        from jinja2 import TemplateError

        try:
            return self._environment.get_template(template).render(report=report)
        except (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            # The view is ready-made: what goes wrong while a template runs is the template's.
            raise ReportError(
                f"{_place(error, self.folders) or template}: {type(error).__name__}: {error}",
                "Mend the template, or take it out of your templates folder to use the one that ships.",
            ) from error

    @cached_property
    def fonts(self) -> FontConfiguration:
        """The templates' fonts, once for all PDFs: of each set more, Pango would keep 0.3 MiB for good."""
        from weasyprint.text.fonts import FontConfiguration

        return FontConfiguration()

    @cached_property
    def _environment(self) -> Environment:
        from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined

        shipped = FileSystemLoader(self.folders[-1])
        own = [FileSystemLoader(folder) for folder in self.folders[:-1]]
        environment = Environment(
            loader=ChoiceLoader([*own, shipped, PrefixLoader({"shipped": shipped})]),
            autoescape=True,
            undefined=StrictUndefined,
            finalize=_finalized,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters["short"] = shown
        return environment


def _finalized(value: object) -> object:
    """The last step before a value is escaped and printed, so no template can forget it.

    Text that is already markup comes from the templates themselves (a macro's output).
    """
    return shown(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def _place(error: Exception, folders: Sequence[Path]) -> str:
    """Where in a template an error happened, as ``file:line``; empty if in none."""
    from jinja2 import TemplateSyntaxError

    if isinstance(error, TemplateSyntaxError):
        return f"{error.filename or error.name}:{error.lineno}"
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if any(Path(frame.filename).is_relative_to(folder) for folder in folders):
            return f"{frame.filename}:{frame.lineno}"
    return ""


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """No garbage collection meanwhile: a layout makes a million objects and drops few; looking takes a third."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _archived(document: HTML, typesetter: Typesetter, embedded: Embedded) -> bytes:
    with warnings.catch_warnings():
        # WeasyPrint leaves the file of its own colour profile to the collector, which says so.
        warnings.filterwarnings("ignore", message="unclosed file .*icc", category=ResourceWarning)
        written: bytes = document.write_pdf(
            pdf_variant="pdf/a-3a", attachments=[embedded.attachment()], font_config=typesetter.fonts
        )
        return written


def _laid_out(html: str, typesetter: Typesetter, drawn: Mapping[str, bytes], embedded: Embedded | None) -> bytes:
    try:
        with warnings.catch_warnings():
            # WeasyPrint warns where the system has no fonts; ours are inside the templates.
            warnings.filterwarnings("ignore", message="No fonts configured|FontConfig cannot load")
            from weasyprint import HTML
            from weasyprint.urls import FatalURLFetchingError

            from auditor.reports.pdf.assets import PackagedAssets
    except OSError as error:
        raise ReportError(
            f"The PDF needs the system library Pango, which cannot be loaded: {error}.",
            "Install it (Debian and Ubuntu: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0).",
        ) from error
    folders = typesetter.folders
    assets = PackagedAssets(folders, drawn)
    pdf = b""
    # A refusal ends the rendering, and is told below.
    with suppress(FatalURLFetchingError), _collector_at_rest():
        document = HTML(string=html, base_url=assets.base_url, url_fetcher=assets)
        if embedded:
            pdf = _archived(document, typesetter, embedded)
        else:
            pdf = document.write_pdf(pdf_variant="pdf/ua-1", font_config=typesetter.fonts)
    if assets.refused:
        raise ReportError(
            f"A template asks for '{assets.refused[0]}', which is not a file inside {' or '.join(map(str, folders))}.",
            "Put the file into your templates folder and name it by its path there; nothing else is ever read.",
        )
    return pdf
