"""The rows of each table, as pages bring them: the columns that were seen in real queries and that the model uses."""

from __future__ import annotations

from auditor.sources.suiteql.pages import Row


class RoleRow(Row):
    """A row of ``role``."""

    id: str | None = None
    name: str | None = None
    scriptid: str | None = None
    isinactive: str | None = None
    centertype: str | None = None
    iswebserviceonlyrole: str | None = None
    subsidiaryoption: str | None = None
    effectivesubsidiaries: str | None = None
    subsidiaryviewingallowed: str | None = None
    employeerestriction: str | None = None
    restrictbydevice: str | None = None
    issinglesignononly: str | None = None
    coreadminpermission: str | None = None
    issalesrole: str | None = None
    issupportrole: str | None = None
    ispartnerrole: str | None = None


class RolePermissionRow(Row):
    """A row of ``rolepermissions``."""

    role: str | None = None
    permkey: str | None = None
    name: str | None = None
    permlevel: str | None = None
    restriction: str | None = None


class TokenRow(Row):
    """A row of ``oauthtoken``: an access token of token-based authentication."""

    id: str | None = None
    tba_token_name: str | None = None
    application: str | None = None
    entity_name: str | None = None
    entity_shown: str | None = None
    role_name: str | None = None
    role_shown: str | None = None
    created: str | None = None
    created_by: str | None = None
    binactive: str | None = None
    brevoked: str | None = None
    revoked: str | None = None


class EmployeeRow(Row):
    """A row of ``employee``."""

    id: str | None = None
    entityid: str | None = None
    firstname: str | None = None
    lastname: str | None = None
    email: str | None = None
    giveaccess: str | None = None
    isinactive: str | None = None
    supervisor: str | None = None
    classification: str | None = None
    department: str | None = None
    location: str | None = None
    subsidiary: str | None = None
    expenselimit: str | None = None
    modified: str | None = None
    rolesforsearch: str | None = None


class EntityRoleRow(Row):
    """A row of ``employeerolesforsearch``: an employee holds a role."""

    entity: str | None = None
    role: str | None = None


class EmployeeRoleRow(Row):
    """A row of ``employeeroles`` (seen by one source)."""

    employee: str | None = None
    role: str | None = None


class EmployeePermissionRow(Row):
    """A row of ``employeeempperms``: a global permission. Its columns are not confirmed."""

    employee: str | None = None
    permkey: str | None = None
    permlevel: str | None = None


class FeatureRow(Row):
    """A row of ``companyfeaturesetup``."""

    id: str | None = None
    name: str | None = None
    isactive: str | None = None


class OwnTokenRow(Row):
    """A row of ``useroauthtoken``, the caller's own tokens alone (seen by one source)."""

    id: str | None = None
    entity_name: str | None = None
    role_name: str | None = None


class ClassificationRow(Row):
    """A row of ``classification``, ``department`` or ``location``, which are alike."""

    id: str | None = None
    name: str | None = None
    fullname: str | None = None
    parent: str | None = None
    isinactive: str | None = None
    includechildren: str | None = None
    subsidiary: str | None = None
    modified: str | None = None


class SubsidiaryMapRow(Row):
    """A row of ``classificationsubsidiarymap`` or one of its sisters: a classification is open to a subsidiary."""

    classification: str | None = None
    subsidiary: str | None = None


class SubsidiaryRow(Row):
    """A row of ``subsidiary``."""

    id: str | None = None
    name: str | None = None
    fullname: str | None = None
    parent: str | None = None
    isinactive: str | None = None
    iselimination: str | None = None
    country: str | None = None


class ProjectRow(Row):
    """A row of ``job``. That it has ``lastmodifieddate`` is not confirmed."""

    id: str | None = None
    entityid: str | None = None
    companyname: str | None = None
    isinactive: str | None = None
    subsidiary: str | None = None
    modified: str | None = None


class RoleRestrictionRow(Row):
    """A row of ``rolerestrictions``."""

    role: str | None = None
    segment: str | None = None
    restriction: str | None = None
    itemsrestricted: str | None = None
    viewingallowed: str | None = None


class LoginRow(Row):
    """Rows of ``loginaudit`` that are alike but for their date."""

    login_user: str | None = None
    login_role: str | None = None
    oauthappname: str | None = None
    oauthaccesstokenname: str | None = None
    status: str | None = None
    latest: str | None = None
    times: str | None = None


class SystemNoteRow(Row):
    """Rows of ``systemnote`` that are alike in all of these columns: as a rule one row."""

    changed: str | None = None
    recordid: str | None = None
    field: str | None = None
    author: str | None = None
    oldvalue: str | None = None
    newvalue: str | None = None
    author_role: str | None = None
    context: str | None = None
