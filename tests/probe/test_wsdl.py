"""The WSDL: fetched once, parsed once, kept in a folder of its own, and held to known hosts."""

from __future__ import annotations

import hashlib
import logging
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import netsuitesdk
import pytest

from auditor.errors import ProbeError
from auditor.probe import QUERIES, ProbeConnection, probe
from auditor.probe.faults import UnreachableError
from auditor.probe.transport import BoundedTransport
from auditor.probe.wsdl import WsdlLibrary
from auditor.simulator.soap.schema import SCHEMAS
from tests.probe.serving import CREDENTIALS, Account, Server, served

DOCUMENTS = 1 + len(SCHEMAS)


def state_of(folder: Path) -> dict[str, str]:
    """Digest of every file under *folder*, compiled modules left out."""
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.suffix != ".pyc"
    }


@pytest.fixture
def strange(request: pytest.FixtureRequest) -> Iterator[tuple[str, list[str]]]:
    """A server whose WSDL is the parameter, and the paths that were asked of it."""
    content: bytes = request.param
    paths: list[str] = []
    with served() as server:

        def answer(path: str) -> bytes:
            paths.append(path)
            return content.replace(b"HERE", server.base_url.encode())

        server.documents = answer
        yield server.base_url, paths


def test_a_further_client_costs_no_download_and_site_packages_stays_as_it_was(server: Server, tmp_path: Path) -> None:
    before = state_of(Path(netsuitesdk.__file__).parent)
    library = WsdlLibrary(tmp_path / "cache")
    for _ in range(3):
        assert len(probe(server.connection(), library)) == len(QUERIES)
    assert server.downloads == DOCUMENTS
    assert state_of(Path(netsuitesdk.__file__).parent) == before


def test_threads_that_ask_at_once_share_one_download(server: Server, tmp_path: Path) -> None:
    library = WsdlLibrary(tmp_path)
    gate = threading.Barrier(4)

    def one(_: int) -> object:
        gate.wait()
        return library.get(server.connection()).document

    with ThreadPoolExecutor(4) as pool:
        assert len({id(document) for document in pool.map(one, range(4))}) == 1
    assert server.downloads == DOCUMENTS


def test_the_next_run_reads_the_cache_folder(server: Server, tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "cache"
    WsdlLibrary(folder).get(server.connection())
    assert len(list(folder.iterdir())) == DOCUMENTS
    assert folder.stat().st_mode & 0o077 == 0
    rows = probe(server.connection(), WsdlLibrary(folder))
    assert {row.outcome.value for row in rows} == {"allowed"}
    assert server.downloads == DOCUMENTS
    shutil.rmtree(folder)
    WsdlLibrary(folder).get(server.connection())
    assert server.downloads == 2 * DOCUMENTS


def test_a_cache_that_cannot_be_written_is_said_and_does_no_harm(
    server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    library = WsdlLibrary(tmp_path / "file" / "cache")
    with caplog.at_level(logging.WARNING):
        assert len(probe(server.connection(), library)) == len(QUERIES)
    assert "cannot be written" in caplog.text


@pytest.mark.parametrize("version", ["2023_2", "2024_2", "2025_1", "2025_2"])
def test_the_version_is_that_of_the_wsdl(version: str, tmp_path: Path) -> None:
    with served() as server:
        connection = server.connection(wsdl_url=f"{server.base_url}/wsdl/v{version}_0/netsuite.wsdl")
        library = WsdlLibrary(tmp_path)
        assert library.get(connection).version == version
        rows = probe(connection, library)
        assert {row.outcome.value for row in rows} == {"allowed"}
        assert {path for method, path in server.paths if method == "POST"} == {f"/services/NetSuitePort_{version}"}


def test_without_an_address_it_is_the_version_of_netsuitesdk(server: Server, tmp_path: Path) -> None:
    WsdlLibrary(tmp_path).get(server.connection())
    assert server.paths[0] == ("GET", "/wsdl/v2024_1_0/netsuite.wsdl")


def test_every_host_of_oracles_serves_the_same_wsdl(server: Server, tmp_path: Path) -> None:
    """Two accounts of NetSuite have two hosts; what one gave serves for the other."""

    class Counting(WsdlLibrary):
        loads = 0

        def _load(self, url: str, connection: ProbeConnection) -> object:  # type: ignore[override]
            self.loads += 1
            return super()._load(server.base_url + "/wsdl/v2024_1_0/netsuite.wsdl", server.connection())

    library = Counting(tmp_path)
    found = [
        library.get(
            ProbeConnection(
                account=account, credentials=CREDENTIALS, base_url=f"https://{account}.suitetalk.api.netsuite.com"
            )
        )
        for account in ("1234567", "7654321")
    ]
    assert found[0] is found[1]
    assert library.loads == 1
    library.get(server.connection())
    assert library.loads == 2


WSDL = '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" targetNamespace="urn:x">{}</definitions>'
IMPORT = (
    '<types><schema xmlns="http://www.w3.org/2001/XMLSchema"><import namespace="urn:y" schemaLocation="{}"/></schema>'
    "</types>"
)


@pytest.mark.parametrize(
    ("strange", "message"),
    [
        (b"<html><p>Maintenance<br></html>", "cannot be read as a WSDL"),
        (b"<html/>", "is not one of NetSuite's web services"),
        (b"", "cannot be read as a WSDL"),
        (WSDL.format("").encode(), "is not one of NetSuite's web services"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]>' + WSDL.format("").encode(), "cannot be read as a WSDL .DTDForbidden"),
        (b'<!DOCTYPE a SYSTEM "HERE/evil.dtd">' + WSDL.format("").encode(), "cannot be read as a WSDL .DTDForbidden"),
        (WSDL.format(IMPORT.format("http://localhost:9/x.xsd")).encode(), "neither on its own host nor one of Oracle"),
        (WSDL.format(IMPORT.format("file:///etc/passwd")).encode(), "neither on its own host nor one of Oracle"),
        (WSDL.format(IMPORT.format("ftp://example.org/x.xsd")).encode(), "neither on its own host nor one of Oracle"),
        (
            WSDL.format(IMPORT.format("https://webservices.netsuite.com.evil.example/x")).encode(),
            "neither on its own host nor one of Oracle",
        ),
        (WSDL.format(IMPORT.format("http://webservices.netsuite.com/x")).encode(), "neither on its own host"),
    ],
    indirect=["strange"],
)
def test_what_is_no_wsdl_of_netsuites(strange: tuple[str, list[str]], message: str, tmp_path: Path) -> None:
    base_url, paths = strange
    connection = ProbeConnection(account="1234567", credentials=CREDENTIALS, base_url=base_url)
    with pytest.raises(ProbeError, match=message) as caught:
        WsdlLibrary(tmp_path / "cache").get(connection)
    assert caught.value.remedy
    assert paths == ["/wsdl/v2024_1_0/netsuite.wsdl"]
    assert not (tmp_path / "cache").exists(), "what cannot be used is not kept"


def test_a_wsdl_that_is_not_there(tmp_path: Path) -> None:
    with served() as server:
        connection = server.connection(wsdl_url=f"{server.base_url}/nowhere.wsdl")
        with pytest.raises(UnreachableError, match="answered 404 in place of the WSDL"):
            WsdlLibrary(tmp_path).get(connection)


def test_an_address_of_oracles_may_be_loaded_from_another_host_over_https_alone(tmp_path: Path) -> None:
    connection = ProbeConnection(
        account="1234567", credentials=CREDENTIALS, base_url="https://1234567.suitetalk.api.netsuite.com"
    )
    known = {"https://webservices.netsuite.com/xsd/platform/v2024_1_0/core.xsd": b"<schema/>"}
    transport = BoundedTransport(connection, known.get)
    assert transport.load(next(iter(known))) == b"<schema/>"
    with pytest.raises(ProbeError, match="neither on its own host"):
        transport.load("http://webservices.netsuite.com/xsd/platform/v2024_1_0/core.xsd")


def test_the_account_is_not_asked_while_the_wsdl_is_read(tmp_path: Path) -> None:
    account = Account()
    with served(account) as server:
        WsdlLibrary(tmp_path).get(server.connection())
    assert account.asked == []
    assert {method for method, _ in server.paths} == {"GET"}
