"""What an account holds: roles, their permissions, access tokens, users and who holds which role.

All texts are NetSuite's own. ``None`` in an optional field means "the source does not say", never "no".
"""

from __future__ import annotations

from msgspec import Struct

from auditor.model.level import Level


class Reference(Struct, frozen=True, gc=False, omit_defaults=True):
    """How one record points to a role or a user: by internal id where the source has it, else by what it shows."""

    id: str = ""
    name: str = ""
    email: str = ""

    def __str__(self) -> str:
        return self.name or self.email or (f"id {self.id}" if self.id else "(not given)")


class Role(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One role. ``key`` is its identity inside the account: internal id, else script id, else name."""

    key: str
    name: str
    id: str | None = None
    scriptid: str | None = None
    inactive: bool | None = None
    center_type: str | None = None
    web_services_only: bool | None = None
    two_factor: str | None = None
    """``tfarequired`` as NetSuite writes it: OFF, TOTP, older files SMS."""
    subsidiary_option: str | None = None
    """Which subsidiaries it may see. ALL, ALLACTIVE, OWN (that of its user) or SELECTED."""
    effective_subsidiaries: tuple[str, ...] | None = None
    """Internal ids of the subsidiaries that it may see."""
    subsidiary_viewing: bool | None = None
    """``subsidiaryviewingallowed``: it may look at the records of the others."""
    employee_restriction: str | None = None
    device_restriction: bool | None = None
    """``restrictbydevice``: it may be used on known devices alone."""
    single_sign_on_only: bool | None = None
    core_administration: bool | None = None
    """``coreadminpermission``: it holds core administration permissions."""
    sales_role: bool | None = None
    support_role: bool | None = None
    partner_role: bool | None = None
    permissions_whole: bool = False
    """Every permission row of this very role was read, whatever the table's coverage says of the others.

    True for a role that came out of its own file in one piece; False where only the table as a whole can be trusted.
    """


class Permission(Struct, frozen=True, gc=False, omit_defaults=True):
    """One row of a role's permissions."""

    role: str
    """Key of the role."""
    id: str
    """Permission id (``LIST_ACCOUNT``), or "" where the source gave a label that names no single id."""
    level: Level | None
    """None where the source bears a level that is none of the five; ``raw_level`` has it as it stood."""
    label: str = ""
    """As the source showed it; empty where the source gives ids."""
    raw_level: str = ""
    restriction: str = ""


class User(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One person or system user, an employee record as a rule. ``key``: internal id, else e-mail, else name."""

    key: str
    name: str
    id: str | None = None
    email: str = ""
    inactive: bool | None = None
    access: bool | None = None
    """``giveaccess``: may log in at all."""
    supervisor: str | None = None
    """Internal id of another employee; "" means that there is none, here as in the fields below."""
    classification: str | None = None
    """Internal id of the class that NetSuite takes for what the employee enters, unless told otherwise."""
    department: str | None = None
    location: str | None = None
    subsidiary: str | None = None
    expense_limit: str | None = None
    """As NetSuite writes it. That the column exists is not confirmed."""
    modified: str = ""
    """When the record was last changed, ``YYYY-MM-DD HH:MM:SS``; in which time zone is not confirmed."""


class RoleAssignment(Struct, frozen=True, gc=False, omit_defaults=True):
    """A user holds a role."""

    user: Reference
    role: Reference


class GlobalPermission(Struct, frozen=True, gc=False, omit_defaults=True):
    """A permission given to a user directly.

    Documented: it wins over the role's level, even when it is lower, except for Administrator.
    """

    user: Reference
    id: str
    level: Level | None
    label: str = ""
    raw_level: str = ""


class AccessToken(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One access token of token-based authentication: bound to one application, one user and one role.

    Documented: tokens never expire; inactive is reversible; revoked is for ever, and a revoked token also shows as
    inactive; taking the role from the user leaves the token active and unusable.
    """

    key: str
    """Internal id, else a text made of application, user, role and token name."""
    name: str
    application: str
    user: Reference
    role: Reference
    inactive: bool | None = None
    revoked: bool | None = None
    created: str = ""
    created_by: str = ""
    revoked_on: str = ""

    @property
    def usable(self) -> bool | None:
        """True if neither inactive nor revoked, False if either, None where the source does not say both.

        One of the two alone proves nothing: a token that is not revoked may still be inactive.
        """
        if self.inactive or self.revoked:
            return False
        return None if self.inactive is None or self.revoked is None else True


class Feature(Struct, frozen=True, gc=False, omit_defaults=True):
    """A NetSuite feature and whether it is switched on."""

    id: str
    active: bool
    name: str = ""
