"""Makes the model's records of how an account is divided: its classifications, subsidiaries, projects, restrictions."""

from __future__ import annotations

from auditor.model import Classification, ClassificationKind, Project, RoleRestriction, Subsidiary
from auditor.sources.suiteql.mapping import same, several, yes
from auditor.sources.suiteql.rows import (
    ClassificationRow,
    ProjectRow,
    RoleRestrictionRow,
    SubsidiaryMapRow,
    SubsidiaryRow,
)


def a_class(row: ClassificationRow) -> Classification:
    """A class."""
    return _classification(ClassificationKind.CLASS, row)


def a_department(row: ClassificationRow) -> Classification:
    """A department."""
    return _classification(ClassificationKind.DEPARTMENT, row)


def a_location(row: ClassificationRow) -> Classification:
    """A location."""
    return _classification(ClassificationKind.LOCATION, row)


def _classification(kind: ClassificationKind, row: ClassificationRow) -> Classification:
    return Classification(
        kind=kind,
        id=row.id or "",
        name=row.name or f"{kind.value} {row.id}",
        full_name=row.fullname or "",
        parent=row.parent or "",
        inactive=yes(row.isinactive),
        include_children=yes(row.includechildren),
        subsidiaries=several(row.subsidiary or ""),
        modified=row.modified or "",
    )


def subsidiary(row: SubsidiaryRow) -> Subsidiary:
    """A subsidiary."""
    return Subsidiary(
        id=row.id or "",
        name=row.name or f"subsidiary {row.id}",
        full_name=row.fullname or "",
        parent=row.parent or "",
        inactive=yes(row.isinactive),
        elimination=yes(row.iselimination),
        country=row.country or "",
    )


def open_to(row: SubsidiaryMapRow) -> tuple[str, str]:
    """A classification is open to a subsidiary, both by internal id."""
    return row.classification or "", same(row.subsidiary or "")


def project(row: ProjectRow) -> Project:
    """A project."""
    return Project(
        id=row.id or "",
        name=row.entityid or f"project {row.id}",
        company_name=row.companyname or "",
        inactive=yes(row.isinactive),
        subsidiary=same(row.subsidiary or ""),
        modified=row.modified or "",
    )


def role_restriction(row: RoleRestrictionRow) -> RoleRestriction:
    """What classes, departments or locations a role is held to."""
    return RoleRestriction(
        role=row.role or "",
        segment=row.segment or "",
        restriction=row.restriction or "",
        items_restricted=yes(row.itemsrestricted),
        viewing_allowed=yes(row.viewingallowed),
    )
