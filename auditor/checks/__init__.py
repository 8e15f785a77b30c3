"""What is judged. A new check is one module and one line here."""

from auditor.checks.base import Case, Check, CheckInfo
from auditor.checks.probe_view import ProbeView
from auditor.checks.role_levels import RoleLevels
from auditor.checks.token_binding import TokenBinding

__all__ = ["CHECKS", "Case", "Check", "CheckInfo"]

CHECKS: tuple[Check, ...] = (RoleLevels(), TokenBinding(), ProbeView())
