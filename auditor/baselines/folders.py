"""Finds baseline files: by id in the folders, the user's own before the shipped one, or by the path of a file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from auditor.baselines.document import MAX_BYTES
from auditor.baselines.problems import did_you_mean, one_line, suggestion
from auditor.baselines.reader import parse_baseline
from auditor.errors import BaselineError
from auditor.model import Baseline
from auditor.shipped import shipped_folder

_SUFFIXES = (".yaml", ".yml")


def baseline_folders(own: Path | None) -> tuple[Path, ...]:
    """Where baselines are looked for, in this order: the user's own folder if there is one, then the shipped one."""
    shipped = shipped_folder("baselines")
    return (own, shipped) if own else (shipped,)


def load_baseline(path: Path) -> Baseline:
    """The baseline in one file.

    Raises:
        BaselineError: the file cannot be read, or anything in it is wrong; all of its problems are told.
    """
    return parse_baseline(_bytes(path), path.name, shown=str(path))


def list_baselines(folders: Sequence[Path]) -> tuple[Baseline, ...]:
    """Every baseline of *folders*, sorted by id. Where two folders have the same id, the earlier folder wins.

    Raises:
        BaselineError: a folder is not there, or any file in it is wrong; the problems of all files are told.
    """
    return tuple(baseline for _, baseline in locate_baselines(folders))


def locate_baselines(folders: Sequence[Path]) -> tuple[tuple[Path, Baseline], ...]:
    """As :func:`list_baselines`, each baseline with the path of its file."""
    found: dict[str, tuple[Path, Baseline]] = {}
    for folder in reversed(folders):
        found |= _folder(folder)
    return tuple(found[id_] for id_ in sorted(found))


def find_baseline(name_or_path: str, folders: Sequence[Path]) -> Baseline:
    """The baseline with that id in the first of *folders* that has it; or, if a path is given, the one in that file.

    A path is what ends in ``.yaml`` or ``.yml`` or has a slash in it.

    Raises:
        BaselineError: there is none, the file is wrong, or a folder that had to be searched has a wrong file in it.
    """
    separators = tuple(filter(None, ("/", os.sep, os.altsep)))
    if name_or_path.endswith(_SUFFIXES) or any(separator in name_or_path for separator in separators):
        return load_baseline(Path(name_or_path))
    known: set[str] = set()
    for folder in folders:
        found = _folder(folder)
        if name_or_path in found:
            return found[name_or_path][1]
        known |= set(found)
    raise BaselineError(
        f"There is no baseline {name_or_path!r}.{suggestion(did_you_mean(name_or_path, known))}",
        f"The known ones are {', '.join(sorted(known))}. A file of your own is named by its path, such as ./mine.yaml.",
    )


def _folder(folder: Path) -> dict[str, tuple[Path, Baseline]]:
    """The baselines of one folder by id."""
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix in _SUFFIXES)
    except OSError as error:
        message = f"The baselines folder {one_line(str(folder))} cannot be read: {error.strerror}."
        raise BaselineError(message, "Name a folder of baseline files.") from error
    found: dict[str, tuple[Path, Baseline]] = {}
    problems: list[str] = []
    for path in files:
        try:
            baseline = load_baseline(path)
        except BaselineError as error:
            problems.append(str(error))
            continue
        if baseline.id in found:
            first = one_line(found[baseline.id][0].name)
            problems.append(f"{one_line(str(path))}:1:1: The id {baseline.id!r} is that of {first} too. Change one.")
        found[baseline.id] = (path, baseline)
    if problems:
        raise BaselineError("\n".join(problems))
    return found


def _bytes(path: Path) -> bytes:
    shown = one_line(str(path))
    try:
        # One byte more than is allowed tells a file that is too large from one that just fits; a device never ends.
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise BaselineError(f"{shown}: There is no such file.") from error
    except IsADirectoryError as error:
        raise BaselineError(f"{shown}: This is a folder. Name the files in it, such as {shown}/*.yaml.") from error
    except OSError as error:
        raise BaselineError(f"{shown}: The file cannot be read: {error.strerror}.") from error
