"""The results of a run's accounts, kept on disk and given one at a time: a fleet's findings fit in no one's memory."""

from __future__ import annotations

import tempfile
import threading
import weakref
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import overload

import msgspec
from msgspec import Struct

from auditor.errors import EvidenceError
from auditor.model import AccountResult, Baseline

_QUICK = 1


class _Place(Struct, frozen=True, gc=False):
    """Where an account's result lies. The baselines, which all accounts share, stay where they are."""

    account: str
    start: int
    size: int
    baselines: tuple[Baseline, ...]


class KeptResults(Sequence[AccountResult]):
    """Results in the order of the account ids. Each look at one reads it anew, so look once and do not hold on to it.

    They lie in a file in *folder* that has no name: it is gone when this is, however the program ends. Safe to add to
    from several threads.

    Raises:
        EvidenceError: there is no room for the file.
    """

    def __init__(self, folder: Path | None = None) -> None:
        try:
            self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - it lives as long as this does
        except OSError as error:
            raise EvidenceError(
                f"{folder or tempfile.gettempdir()}: nothing can be kept there until the end of the run"
                f" ({error.strerror}).",
                "Give --out a folder with room on its disk. Earlier runs are as they were.",
            ) from error
        weakref.finalize(self, self._file.close)
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(AccountResult)
        self._places: list[_Place] = []
        self._end = 0
        self._lock = threading.Lock()

    def add(self, result: AccountResult) -> None:
        """Keep *result*.

        Raises:
            EvidenceError: there is no room for it.
        """
        data = zlib.compress(self._encoder.encode(msgspec.structs.replace(result, baselines=())), _QUICK)
        with self._lock:
            try:
                self._file.seek(self._end)
                self._file.write(data)
                self._file.flush()
            except OSError as error:
                raise EvidenceError(
                    f"The findings of account {result.account} cannot be kept until the end of the run"
                    f" ({error.strerror}).",
                    "Give --out a folder with room on its disk. Earlier runs are as they were.",
                ) from error
            self._places.append(_Place(result.account, self._end, len(data), result.baselines))
            self._places.sort(key=lambda place: place.account)
            self._end += len(data)

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> AccountResult: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[AccountResult]: ...

    def __getitem__(self, index: int | slice) -> AccountResult | Sequence[AccountResult]:
        if isinstance(index, slice):
            return tuple(map(self._read, self._places[index]))
        return self._read(self._places[index])

    def __iter__(self) -> Iterator[AccountResult]:
        return map(self._read, self._places)

    def _read(self, place: _Place) -> AccountResult:
        with self._lock:
            self._file.seek(place.start)
            data = self._file.read(place.size)
        return msgspec.structs.replace(self._decoder.decode(zlib.decompress(data)), baselines=place.baselines)
