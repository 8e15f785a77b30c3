"""Evidence: run folders that appear whole or not at all, sealed, linked night to night, and verified."""

from auditor.evidence.disk import read_file
from auditor.evidence.lock import holding
from auditor.evidence.run_folder import RunFolder, free_name
from auditor.evidence.seal import MANIFEST, SEAL, seal_digest

__all__ = ["MANIFEST", "SEAL", "RunFolder", "free_name", "holding", "read_file", "seal_digest"]
