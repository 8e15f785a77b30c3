"""netsuitesdk's client for one account, made over a WSDL that is already parsed.

Imports zeep and netsuitesdk, which take long: import it where it is used.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from netsuitesdk.internal.client import NetSuiteClient
from zeep.settings import Settings
from zeep.wsdl import Document

from auditor.probe.connection import ProbeConnection
from auditor.probe.transport import BoundedTransport
from auditor.probe.wsdl import Wsdl

SMALLEST_PAGE = 5
"""Records: only their number is wanted, and NetSuite sends no fewer (netsuitesdk's own smallest; not confirmed)."""


class _Parsed:
    """Stands where netsuitesdk keeps the template of the WSDL's address, and gives the WSDL itself.

    netsuitesdk formats that template and hands the outcome to zeep, which takes a parsed document as well as an
    address.
    """

    def __init__(self, document: Document) -> None:
        self._document = document

    def format(self, **_: str) -> Document:
        return self._document


class ProbeClient(NetSuiteClient):  # type: ignore[misc]  # netsuitesdk has no type annotations
    """Signs in with the integration's token at each request, as netsuitesdk does; sends nothing when made."""

    def __init__(self, connection: ProbeConnection, wsdl: Wsdl) -> None:
        self.account = connection.account
        self.hidden_in = connection.credentials.hidden_in
        self.WSDL_URL_TEMPLATE = _Parsed(wsdl.document)
        self.DATACENTER_URL_TEMPLATE = connection.base_url + urlsplit(NetSuiteClient.DATACENTER_URL_TEMPLATE).path
        super().__init__(account=connection.account, caching=False, page_size=SMALLEST_PAGE, wsdl_version=wsdl.version)
        # The one place that reaches inside: netsuitesdk takes neither a transport nor settings, and its own have no
        # read time-out, log every message with its token, and accept DTDs.
        self._client.transport = BoundedTransport(connection)
        self._client.settings = Settings(forbid_dtd=True, forbid_entities=True, forbid_external=True)
        credentials = connection.credentials
        self.connect_tba(
            consumer_key=credentials.consumer_key.reveal(),
            consumer_secret=credentials.consumer_secret.reveal(),
            token_key=credentials.token_id.reveal(),
            token_secret=credentials.token_secret.reveal(),
        )

    def close(self) -> None:
        self._client.transport.close()
