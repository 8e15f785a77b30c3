"""Ready-made accounts of one invented company."""

from auditor.simulator.accounts.large import large_account
from auditor.simulator.accounts.production import clean_account, faulty_account

__all__ = ["clean_account", "faulty_account", "large_account"]
