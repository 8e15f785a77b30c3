"""What can go wrong outside the program, said so that a reader knows what to do next.

Every error that a user can cause or meet derives from :class:`AuditorError`. Its text names the thing
(file, line, column, account, table), and ``remedy`` says the way out. Anything else that is raised is a bug.
"""

from __future__ import annotations


class AuditorError(Exception):
    """Base of all errors that a user may see. ``exit_code`` is the process's exit code if it ends the run."""

    exit_code = 2

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".rstrip()


class ConfigurationError(AuditorError):
    """An option, a configuration file or a folder is not what the program needs."""


class BaselineError(AuditorError):
    """A baseline file cannot be used; the message names file and line."""


class WaiverError(AuditorError):
    """A file of waivers cannot be used; the message names file and line."""


class FixError(AuditorError):
    """A role file cannot be corrected. The others are."""


class SourceError(AuditorError):
    """An account could not be read at all. It becomes that account's failure; the other accounts go on."""

    exit_code = 3


class ProbeError(AuditorError):
    """The integration's own token could not be tried in an account. The other accounts go on."""

    exit_code = 3


class ReportError(AuditorError):
    """A report could not be made, for example because of an error in a template."""


class EvidenceError(AuditorError):
    """The run folder could not be written or read back."""


class LockedError(AuditorError):
    """Another process is writing into the same folder of runs, so nothing was audited."""

    exit_code = 3


class VerificationError(AuditorError):
    """A sealed run folder is not what was sealed."""

    exit_code = 5


class HistoryError(AuditorError):
    """The history of earlier runs could not be asked or written. It never ends an audit, only what asks for history."""
