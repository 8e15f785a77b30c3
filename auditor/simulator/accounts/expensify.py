"""What Expensify's integration role needs: the vendor's table for the NS0384 error, 12 List and 6 Setup rows."""

from __future__ import annotations

from auditor.model import Level

APPLICATION = "Expensify"
ROLE_NAME = "Expensify Integration"

PERMISSIONS = {
    "LIST_ACCOUNT": Level.FULL,
    "LIST_CLASS": Level.VIEW,
    "LIST_CURRENCY": Level.VIEW,
    "LIST_CUSTJOB": Level.VIEW,
    "LIST_DEPARTMENT": Level.FULL,
    "LIST_EMPLOYEE": Level.FULL,
    "LIST_CATEGORY": Level.VIEW,
    "LIST_ITEM": Level.VIEW,
    "LIST_LOCATION": Level.VIEW,
    "LIST_JOB": Level.VIEW,
    "LIST_SUBSIDIARY": Level.VIEW,
    "LIST_VENDOR": Level.FULL,
    "ADMI_MANAGE_OAUTH_TOKENS": Level.FULL,
    "ADMI_LOGIN_OAUTH": Level.FULL,
    "ADMI_MANAGE_OWN_OAUTH_TOKENS": Level.FULL,
    "ADMI_WEBSERVICES": Level.FULL,
    "ADMI_CUSTRECORD": Level.FULL,
    "ADMI_DELETEDRECORD": Level.FULL,
}
