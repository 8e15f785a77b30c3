"""How an account is divided: classes, departments, locations, subsidiaries, projects.

Texts and ids are NetSuite's own. ``None`` in an optional field means "the source does not say", never "no".
"""

from __future__ import annotations

import enum

from msgspec import Struct


class ClassificationKind(enum.Enum):
    """NetSuite's three classifications. The value is the word that people read."""

    CLASS = "class"
    DEPARTMENT = "department"
    LOCATION = "location"

    @property
    def plural(self) -> str:
        return "classes" if self is ClassificationKind.CLASS else f"{self.value}s"


class Classification(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One class, department or location."""

    kind: ClassificationKind
    id: str
    name: str
    full_name: str = ""
    """With its parents, as NetSuite shows it: ``Parent : Child``. Empty where the source does not say."""
    parent: str = ""
    """Internal id of the one above it; empty if it is a top one."""
    inactive: bool | None = None
    include_children: bool | None = None
    """``includechildren``: it is open to the subsidiaries below its own, too."""
    subsidiaries: tuple[str, ...] | None = None
    """Internal ids of the subsidiaries to which it is open, without those that ``include_children`` adds."""
    modified: str = ""
    """When it was last changed, ``YYYY-MM-DD HH:MM:SS``; in which time zone is not confirmed."""


class Subsidiary(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One subsidiary of a OneWorld account."""

    id: str
    name: str
    full_name: str = ""
    parent: str = ""
    inactive: bool | None = None
    elimination: bool | None = None
    country: str = ""


class Project(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One project (``job``)."""

    id: str
    name: str
    """``entityid``: what NetSuite shows first."""
    company_name: str = ""
    inactive: bool | None = None
    subsidiary: str = ""
    modified: str = ""


class RoleRestriction(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A role may use only some classes, departments or locations."""

    role: str
    """Key of the role."""
    segment: str
    """As NetSuite writes it: -101 class, -102 department, -103 location (several sources); else kept as it stands."""
    restriction: str = ""
    """As it stands; what each value means is not confirmed."""
    items_restricted: bool | None = None
    viewing_allowed: bool | None = None
