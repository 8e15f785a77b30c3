"""A further client of the probe, over the shared WSDL, against netsuitesdk's own client, over the simulated WSDL.

The simulated WSDL is small. With NetSuite's own the difference is larger: netsuitesdk's client then takes some 0.9
seconds of CPU (measured once, elsewhere), and ours the same as here.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from netsuitesdk.internal.client import NetSuiteClient

from auditor.probe import ProbeConnection, ProbeCredentials
from auditor.probe.client import ProbeClient
from auditor.probe.wsdl import WsdlLibrary
from auditor.secrets import Secret
from auditor.simulator import Simulator, clean_account

ROUNDS = 15


def main() -> None:
    from benchmarks.timing import compare, report

    account = clean_account()
    token = account.integration
    assert token is not None
    credentials = ProbeCredentials(
        consumer_key=Secret(token.consumer_key),
        consumer_secret=Secret(token.consumer_secret),
        token_id=Secret(token.token_id),
        token_secret=Secret(token.token_secret),
    )
    with Simulator([account]) as simulator, tempfile.TemporaryDirectory() as folder:
        base_url = simulator.base_url(account.id)
        connection = ProbeConnection(account=account.id, credentials=credentials, base_url=base_url)
        library = WsdlLibrary(Path(folder) / "ours")
        library.get(connection)

        class OwnClient(NetSuiteClient):  # type: ignore[misc]  # netsuitesdk has no type annotations
            WSDL_URL_TEMPLATE = base_url + "/wsdl/{wsdl_version}/netsuite.wsdl"

        def cold() -> object:
            return OwnClient(account=account.id, caching=False, wsdl_version="2024_1")

        def from_its_cache() -> object:
            return OwnClient(account=account.id, caching_path=folder, wsdl_version="2024_1")

        from_its_cache()
        account.forget_requests()
        medians = compare(
            {
                "a further client, shared WSDL": lambda: ProbeClient(connection, library.get(connection)).close(),
                "netsuitesdk's client, WSDL in its cache": from_its_cache,
                "netsuitesdk's cold client": cold,
            },
            rounds=ROUNDS,
        )
        print(f"downloads for each cold client: {len(account.requests) / ROUNDS:g}; for each further client of ours: 0")
        report(medians, "a further client, shared WSDL", "netsuitesdk's cold client", goal=25)
