"""Finds the files of an input: a folder with all below it, or one file. Nothing is left out without a word."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

from msgspec import Struct

from auditor.errors import SourceError

NO_DATA = {
    ".md", ".rst", ".html", ".htm", ".css", ".js", ".ts", ".mjs", ".map", ".py", ".sh", ".yaml", ".yml", ".toml",
    ".png", ".jpg", ".jpeg", ".gif", ".svg", ".ico", ".woff", ".woff2", ".ttf", ".pdf", ".docx", ".pptx", ".log",
}  # fmt: skip
"""Files by these names are never exports: documents, pictures, and the scripts of an SDF project."""
NO_DATA_NAMES = {"thumbs.db", "desktop.ini", "node_modules", "__macosx", "license", "notice"}
_REMEDY = "Give the folder that holds the exports, or one export file (docs/inputs.md says how to make them)."


class Listing(Struct):
    """What lies in an input. Names are relative to it, with ``/``, and sorted."""

    files: list[tuple[str, Path]]
    ignored: list[str]
    """Hidden files and obvious non-data, folders with a ``/`` at the end."""
    unreadable: list[tuple[str, str]]
    """Folders that could not be listed and what is neither file nor folder, each with the reason."""


def list_input(path: Path) -> Listing:
    """The files at *path*.

    Raises:
        SourceError: there is nothing at *path*, or no file in it.
    """
    try:
        folder = path.is_dir()
        there = folder or path.exists()
    except OSError as error:
        raise SourceError(f"'{shown(str(path))}' cannot be looked at ({error.strerror}).", _REMEDY) from error
    if not there:
        raise SourceError(f"There is no file or folder '{shown(str(path))}'.", _REMEDY)
    listing = Listing([], [], [])
    if folder:
        _walk(path, listing)
        if not listing.files and not listing.unreadable:
            inside = f" but {', '.join(listing.ignored[:5])}" if listing.ignored else ""
            raise SourceError(f"The folder '{shown(str(path))}' holds nothing{inside}.", _REMEDY)
    else:
        _add(path, shown(path.name), listing)
    listing.files.sort()
    listing.ignored.sort()
    listing.unreadable.sort()
    return listing


def shown(name: str) -> str:
    """A file name as it can be printed and stored: bytes that are no text (lone surrogates here) appear escaped."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def _walk(top: Path, listing: Listing) -> None:
    def refused(error: OSError) -> None:
        name = shown(PurePosixPath(os.path.relpath(error.filename, top)).as_posix())
        listing.unreadable.append((f"{name}/", f"The folder cannot be listed ({error.strerror})."))

    visited: set[str] = set()
    # Links to folders are followed: mounted configuration is made of them. A folder that was seen is not entered twice.
    for folder, folders, files in os.walk(top, onerror=refused, followlinks=True):
        visited.add(os.path.realpath(folder))
        relative = Path(folder).relative_to(top)
        for name in list(folders):
            hidden = _is_ignored(name)
            if hidden:
                listing.ignored.append(shown((relative / name).as_posix()) + "/")
            if hidden or os.path.realpath(Path(folder) / name) in visited:
                folders.remove(name)
        folders.sort()
        for name in files:
            relative_name = shown((relative / name).as_posix())
            if _is_ignored(name):
                listing.ignored.append(relative_name)
            else:
                _add(Path(folder) / name, relative_name, listing)


def _is_ignored(name: str) -> bool:
    return name.startswith((".", "~$")) or name.lower() in NO_DATA_NAMES or Path(name).suffix.lower() in NO_DATA


def _add(path: Path, name: str, listing: Listing) -> None:
    try:
        is_file = path.is_file()
    except OSError as error:
        listing.unreadable.append((name, f"It cannot be looked at ({error.strerror})."))
        return
    if is_file:
        listing.files.append((name, path))
    else:
        # A pipe would be waited for without end; a link to nowhere may have been an export.
        listing.unreadable.append((name, "It is no file: a broken link, a pipe or a device."))
