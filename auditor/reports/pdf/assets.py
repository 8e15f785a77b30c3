"""Lets WeasyPrint read the files of the template folders, and nothing else: no network, no other file, no data URL."""

from __future__ import annotations

from collections.abc import Mapping
from mimetypes import MimeTypes
from pathlib import Path
from urllib.parse import unquote, urlsplit

from weasyprint.urls import FatalURLFetchingError, URLFetcherResponse

_TYPES = MimeTypes()  # Python's own table; the system's differs from machine to machine


class PackagedAssets:
    """WeasyPrint's ``url_fetcher``. *folders* in the order in which they are searched; addresses are those of the last.

    What it refuses ends the rendering: a report that silently lacks a font or a logo is not the same report.
    WeasyPrint goes on over an image inside an SVG all the same, so ``refused`` is to be looked at afterwards.
    """

    def __init__(self, folders: tuple[Path, ...], drawn: Mapping[str, bytes]) -> None:
        """*drawn*: pictures made for this report, by the address that templates use."""
        self._drawn = drawn
        self._folders = tuple(folder.resolve() for folder in folders)
        self.base_url = self._folders[-1].as_uri() + "/"
        self.refused: list[str] = []

    def __call__(self, url: str) -> URLFetcherResponse:
        name = self._name(url)
        if name is not None and name in self._drawn:
            return URLFetcherResponse(url, self._drawn[name], {"Content-Type": "image/svg+xml"})
        if name is not None:
            for folder in self._folders:
                file = (folder / name).resolve()
                if file.is_relative_to(folder) and file.is_file():
                    kind = _TYPES.guess_type(name)[0] or "application/octet-stream"
                    return URLFetcherResponse(url, file.read_bytes(), {"Content-Type": kind})
        self.refused.append(url)
        raise FatalURLFetchingError(url)

    def _name(self, url: str) -> str | None:
        """The path inside the template folders that *url* means, or None if it means something else."""
        if not url.startswith(self.base_url):
            return None
        name = unquote(urlsplit(url).path.removeprefix(urlsplit(self.base_url).path))
        return None if "\0" in name else name
