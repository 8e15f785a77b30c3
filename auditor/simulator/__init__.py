"""A NetSuite stand-in over real HTTP, for the demo, the tests and trying out a configuration or a baseline.

    with Simulator([clean_account("7654321"), faulty_account("1234567")]) as simulator:
        url = simulator.base_url("1234567")              # in the place of https://1234567.suitetalk.api.netsuite.com
        account = simulator.account("1234567")
        account.faults.append(Fault.too_many_requests(times=3))
        ...                                              # sign in with account.credentials and ask
        assert account.requests[-1].status == 200

It answers SuiteQL by running the query, checks assertions and signatures for real, and shows each caller only the
tables that the caller's role opens. It follows what is documented of NetSuite, and where nothing is, says so in the
code; no live account was ever compared with it. Listens on 127.0.0.1 alone.
"""

from auditor.simulator.account import SimulatedAccount
from auditor.simulator.accounts import clean_account, faulty_account, large_account
from auditor.simulator.clock import SimulatedClock
from auditor.simulator.credentials import Credentials, TokenCredentials
from auditor.simulator.faults import Endpoint, Fault, FaultKind, Faults, Malformed, WrongCertificate
from auditor.simulator.recording import RecordedRequest
from auditor.simulator.server import Simulator

__all__ = [
    "Credentials",
    "Endpoint",
    "Fault",
    "FaultKind",
    "Faults",
    "Malformed",
    "RecordedRequest",
    "SimulatedAccount",
    "SimulatedClock",
    "Simulator",
    "TokenCredentials",
    "WrongCertificate",
    "clean_account",
    "faulty_account",
    "large_account",
]
