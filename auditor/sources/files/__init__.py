"""The source that reads what administrators export: a file, or a folder of files, as one account."""

from auditor.sources.files.source import READERS, FileSource

__all__ = ["READERS", "FileSource"]
