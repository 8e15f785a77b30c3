"""One parsed WSDL for all tests of the probe: parsing is what takes time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from auditor.probe.wsdl import Wsdl, WsdlLibrary
from tests.probe.serving import Server, served


class Ready(WsdlLibrary):
    """A library in which every address is that of one WSDL."""

    def __init__(self, folder: Path, wsdl: Wsdl) -> None:
        super().__init__(folder)
        self._wsdl = wsdl

    def get(self, connection: object) -> Wsdl:
        return self._wsdl


@pytest.fixture(scope="session")
def wsdl(tmp_path_factory: pytest.TempPathFactory) -> Wsdl:
    with served() as server:
        return WsdlLibrary(tmp_path_factory.mktemp("wsdl")).get(server.connection())


@pytest.fixture
def library(wsdl: Wsdl, tmp_path: Path) -> WsdlLibrary:
    return Ready(tmp_path / "unused", wsdl)


@pytest.fixture
def server() -> Iterator[Server]:
    with served() as running:
        yield running
