"""The SOAP side of a simulated account: a small WSDL, sign-in by token passport, searches and NetSuite's refusals.

Plugs into whatever serves HTTP by :func:`handle_soap`. What it answers follows NetSuite's published schemas and
messages; no live account was ever compared with it.
"""

from auditor.simulator.soap.account import SoapAccount, SoapCaller, SoapFault, SoapRecord
from auditor.simulator.soap.answers import SoapAnswer
from auditor.simulator.soap.handler import OPENED_BY, asks_service, handle_soap, serves
from auditor.simulator.soap.passport import Passport

__all__ = [
    "OPENED_BY",
    "Passport",
    "SoapAccount",
    "SoapAnswer",
    "SoapCaller",
    "SoapFault",
    "SoapRecord",
    "asks_service",
    "handle_soap",
    "serves",
]
