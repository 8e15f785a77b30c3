"""One parsed WSDL for every account: netsuitesdk alone would fetch and parse 47 documents for each client.

Imports zeep and netsuitesdk, which take long: import it where it is used.
"""

from __future__ import annotations

import hashlib
import inspect
import logging
import re
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, cast
from urllib.parse import urlsplit

from netsuitesdk import NetSuiteConnection
from netsuitesdk.internal.client import NetSuiteClient
from zeep.exceptions import Error as ZeepError
from zeep.settings import Settings
from zeep.wsdl import Document

from auditor.errors import ProbeError
from auditor.probe.connection import ProbeConnection
from auditor.probe.records import Operation
from auditor.probe.transport import BoundedTransport

_log = logging.getLogger(__name__)
_BINDING = re.compile(r"\{urn:platform_(\d{4}_\d+)\.webservices\.netsuite\.com\}NetSuiteBinding")


class Wsdl(NamedTuple):
    """A WSDL, fetched and parsed. Nothing changes it afterwards, so threads may share it."""

    document: Document
    version: str
    """``2024_1``, as the WSDL's own namespace says."""


class CacheFolder:
    """Keeps WSDL documents from run to run, a file for each address. Remove the folder to have them fetched anew."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, url: str) -> bytes | None:
        try:
            return self._file(url).read_bytes()
        except OSError:
            return None

    def keep(self, documents: Mapping[str, bytes]) -> None:
        """Write each document in one step, so that no other process reads half of it."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for url, content in sorted(documents.items()):
                with tempfile.NamedTemporaryFile(dir=self.folder, delete=False) as file:
                    file.write(content)
                Path(file.name).replace(self._file(url))
        except OSError as error:
            _log.warning("The WSDL cache %s cannot be written: %s", self.folder, error.strerror)

    def _file(self, url: str) -> Path:
        return self.folder / f"{hashlib.sha256(url.encode()).hexdigest()}.xml"


class WsdlLibrary:
    """WSDLs by address, each parsed once for all accounts. Safe to share between threads."""

    def __init__(self, cache_folder: Path) -> None:
        self._cache = CacheFolder(cache_folder)
        self._lock = threading.Lock()
        self._parsed: dict[str, Wsdl] = {}

    def get(self, connection: ProbeConnection) -> Wsdl:
        """The WSDL that *connection* names, or that of netsuitesdk's own version on the account's host.

        Raises:
            ProbeError: it cannot be fetched, or is none that the probe can use.
        """
        url = connection.wsdl_url or _default_url(connection)
        with self._lock:
            key = _identity(url)
            if key not in self._parsed:
                self._parsed[key] = self._load(url, connection)
            return self._parsed[key]

    def _load(self, url: str, connection: ProbeConnection) -> Wsdl:
        since = time.monotonic()
        transport = BoundedTransport(connection, self._cache.get)
        # NetSuite's WSDL imports its schemas, so imports are let through; the transport holds them to known hosts.
        settings = Settings(forbid_dtd=True, forbid_entities=True)
        try:
            document = Document(url, cast("Any", transport), settings=settings)
        except (ZeepError, ValueError, TypeError, AttributeError, KeyError, IndexError) as error:
            # zeep raises these, too, over documents that are XML and no WSDL.
            raise ProbeError(
                f"What lies at {url} cannot be read as a WSDL ({type(error).__name__}).",
                f"Check the address. If it was kept from an earlier run, remove {self._cache.folder}.",
            ) from None
        finally:
            transport.close()
        wsdl = Wsdl(document, _version(document, url))
        _log.info(
            "WSDL read",
            extra={"account": connection.account, "seconds": round(time.monotonic() - since, 3)},
        )
        self._cache.keep(transport.fetched)
        return wsdl


def _default_url(connection: ProbeConnection) -> str:
    """Netsuitesdk's own version: the one that its authors use."""
    version = inspect.signature(NetSuiteConnection).parameters["wsdl_version"].default
    path: str = urlsplit(NetSuiteClient.WSDL_URL_TEMPLATE).path
    return connection.base_url + path.format(wsdl_version=f"v{version}_0")


def _identity(url: str) -> str:
    """Every host of Oracle's serves the same WSDL under the same path."""
    parts = urlsplit(url)
    return parts.path if (parts.hostname or "").endswith(".netsuite.com") else url


def _version(document: Any, url: str) -> str:
    for name, binding in document.bindings.items():
        found = _BINDING.fullmatch(name)
        if found and all(operation.value in binding.all() for operation in Operation):
            return found[1]
    raise ProbeError(
        f"The WSDL at {url} is not one of NetSuite's web services, or lacks operations that the probe uses.",
        "It looks like https://1234567.suitetalk.api.netsuite.com/wsdl/v2025_2_0/netsuite.wsdl.",
    )
