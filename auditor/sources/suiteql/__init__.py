"""Live accounts over SuiteQL, NetSuite's query language, through its REST service."""

from auditor.sources.suiteql.reading import Progress
from auditor.sources.suiteql.retry import Clock
from auditor.sources.suiteql.source import SuiteqlSource

__all__ = ["Clock", "Progress", "SuiteqlSource"]
