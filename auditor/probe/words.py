"""NetSuite's words about a permission, and the permission that they mean."""

from __future__ import annotations

import re

from auditor.catalog import Catalog

_NAMED = re.compile(r"'(?:(?P<subtab>[^'>]*?) -> )?(?P<label>[^'>]+)' permission")

SIGN_IN_PERMISSIONS = frozenset({"ADMI_WEBSERVICES", "ADMI_LOGIN_OAUTH", "ADMI_MANAGE_OWN_OAUTH_TOKENS"})
"""Whoever lacks these cannot sign in with a token at all (documented)."""


def speaks_of_permission(text: str) -> bool:
    """Whether *text* says that a permission is lacking."""
    return "Permission Violation" in text


def permission_named(text: str, catalog: Catalog) -> str:
    """Id of the permission that *text* names; empty if it names none that is known, or its name fits several.

    Seen in several independent sources: ``You need  the 'Lists -> Currency' permission`` (two spaces), ``You need a
    higher level of the 'Lists -> Items' permission``, and names without a sub-tab.
    """
    found = _NAMED.search(text)
    if found is None:
        return ""
    subtab = (found["subtab"] or "").strip()
    fitting = [each.id for each in catalog.named(found["label"]) if not subtab or each.subtab == subtab]
    return fitting[0] if len(fitting) == 1 else ""
