"""Shows what the integration's own token is answered: the refusals that the vendor sees, in NetSuite's own words.

Not a source: it tells nothing of an account but what one token may read. Reads alone; see :mod:`auditor.probe.records`.
"""

from auditor.probe.connection import ProbeConnection, ProbeCredentials
from auditor.probe.faults import SignInRefusedError
from auditor.probe.probing import probe
from auditor.probe.records import QUERIES, Operation, RecordQuery, untried

__all__ = [
    "QUERIES",
    "Operation",
    "ProbeConnection",
    "ProbeCredentials",
    "RecordQuery",
    "SignInRefusedError",
    "probe",
    "untried",
]
