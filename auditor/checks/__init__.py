"""What is judged. A new check is one module and one line here."""

from auditor.checks.base import Case, Check, CheckInfo
from auditor.checks.classification import ClassificationCheck
from auditor.checks.employee_defaults import EmployeeDefaults
from auditor.checks.idle_tokens import IdleTokens
from auditor.checks.least_privilege import LeastPrivilege
from auditor.checks.own_credential import OwnCredential
from auditor.checks.probe_view import ProbeView
from auditor.checks.readiness import Readiness
from auditor.checks.role_hygiene import HumanOnRole, TwoFactor, WebServicesOnly
from auditor.checks.role_levels import RoleLevels
from auditor.checks.sandbox import INFO as SANDBOX
from auditor.checks.token_binding import TokenBinding
from auditor.checks.token_hygiene import InactiveUserTokens, SeveralTokens
from auditor.checks.waiving import INFO as WAIVERS

__all__ = ["CHECKS", "INFOS", "Case", "Check", "CheckInfo"]

CHECKS: tuple[Check, ...] = (
    RoleLevels(),
    TokenBinding(),
    ProbeView(),
    EmployeeDefaults(),
    ClassificationCheck(),
    OwnCredential(),
    LeastPrivilege(),
    WebServicesOnly(),
    HumanOnRole(),
    TwoFactor(),
    SeveralTokens(),
    InactiveUserTokens(),
    IdleTokens(),
    Readiness(),
)

INFOS: tuple[CheckInfo, ...] = (*(check.info for check in CHECKS), SANDBOX, WAIVERS)
"""Every check's description, also of the two that are no function over one account's case: the comparison of a sandbox
with production, which sees two accounts, and the check on waivers, which sees what all the others found."""
