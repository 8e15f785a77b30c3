"""Answers for the stub server out of a few tables, to be bent in any way: what an account would say, and worse."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.sources.suiteql.stub import Asked, Reply, counted, page, refused

SEARCH = "Invalid search query. Detailed unprocessed description follows. Search error occurred: "
_NOTED = r"recordtypeid = -118 AND systemnote\.date >= TO_DATE\('[\d-]{10}', 'YYYY-MM-DD'\)"
_LOGINS = rf"(?: WHERE (?:oauthappname IS NOT NULL|{_NOTED}) GROUP BY [\w.,:()' -]+?)?"
_SELECT = re.compile(rf"SELECT (.*) FROM (\w+)(?: WHERE (\w+) > (-?\d+))?{_LOGINS} ORDER BY ([\w.,:()' -]+)")
_COUNT = re.compile(rf"SELECT COUNT\(\*\) AS counted FROM (?:\(SELECT .* FROM )?(\w+){_LOGINS}\)?")


def hidden(table: str) -> Reply:
    return refused(400, "INVALID_PARAMETER", f"{SEARCH}Record '{table}' was not found.")


class Tables:
    """``rows`` by table, each a row by the names that the query gives its columns."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, str]]] = {
            "role": [
                role("3", "Administrator", scriptid="ADMINISTRATOR"),
                role("1005", "NetSuite Auditor", scriptid="customrole_auditor"),
                role("1006", "Expensify Integration", scriptid="customrole_expensify", centertype="CLASSIC"),
            ],
            "rolepermissions": [
                permission("1005", "ADMI_MANAGEROLES", "4"),
                permission("1006", "LIST_ACCOUNT", "4"),
                permission("1006", "LIST_CLASS", "1"),
            ],
            "oauthtoken": [
                token("1", "NetSuite Auditor", "900", "1005"),
                token("2", "Expensify", "901", "1006"),
            ],
            "employee": [employee("900", "Auditor", "1005"), employee("901", "Expensify", "1006, 3")],
            "employeerolesforsearch": [
                {"entity": "900", "role": "1005"},
                {"entity": "901", "role": "3"},
                {"entity": "901", "role": "1006"},
            ],
            "employeeempperms": [{"employee": "901", "permkey": "ADMI_WEBSERVICES", "permlevel": "0"}],
            "companyfeaturesetup": [
                {"id": "SUBSIDIARIES", "name": "Subsidiaries", "isactive": "F"},
                {"id": "TBA", "name": "Token-based Authentication", "isactive": "T"},
            ],
            "classification": [classification("1", "Services"), classification("2", "Training", parent="1")],
            "department": [classification("1", "Finance")],
            "location": [classification("1", "Northport")],
            "subsidiary": [{"id": "1", "name": "Group", "fullname": "Group", "isinactive": "F"}],
            "job": [{"id": "500", "entityid": "PRJ-1", "isinactive": "F", "subsidiary": "1"}],
            "rolerestrictions": [{"role": "1006", "segment": "-101", "restriction": "1"}],
            "loginaudit": [
                {
                    "login_user": "901",
                    "login_role": "1006",
                    "oauthappname": "Expensify",
                    "oauthaccesstokenname": "Expensify - token",
                    "status": "Success",
                    "latest": "2026-02-01 01:00:00",
                    "times": "12",
                }
            ],
            "systemnote": [
                note("2026-02-03 09:00:00", "900", "Clerk", "A/P Clerk"),
                note("2026-02-20 09:00:00", "902", "A/P Clerk", "Clerk"),
            ],
            "useroauthtoken": [{"id": "1", "entity_name": "900", "role_name": "1005"}],
        }
        self.instead: dict[str, Reply | Callable[[Asked], Reply | None]] = {}
        """Other answers, by table; a function may give None to have the usual one."""
        self.unknown: dict[str, list[str]] = {}
        """Identifiers that a table does not know."""
        self.page_size = 1000
        self.asked: list[str] = []

    def __call__(self, asked: Asked) -> Reply:
        sql = asked.sql
        count, select = _COUNT.fullmatch(sql), _SELECT.fullmatch(sql)
        table = count.group(1) if count else select.group(2) if select else ""
        assert table, sql
        self.asked.append(table)
        other = self.instead.get(table)
        other = other(asked) if callable(other) else other
        if other is not None:
            return other
        if table not in self.rows:
            return hidden(table)
        if count:
            return counted(len(self.rows[table]))
        assert select
        for identifier in self.unknown.get(table, []):
            if re.search(rf"\b{identifier}\b", select.group(1), re.IGNORECASE):
                known = "{id=id}"
                return refused(
                    400,
                    "INVALID_PARAMETER",
                    f"{SEARCH}Unknown identifier '{identifier}'. Available identifiers are: {known}.",
                )
        return self._page(select, table, int(asked.query["offset"]))

    def _page(self, select: re.Match[str], table: str, offset: int) -> Reply:
        columns = [re.split(r" AS ", part)[-1] for part in re.split(r", (?![^(]*\))", select.group(1))]
        keys = select.group(5).split(", ")
        rows = sorted(self.rows[table], key=lambda row: [_number(row.get(key, "")) for key in keys])
        if select.group(3):
            rows = [row for row in rows if int(row[select.group(3)]) > int(select.group(4))]
        shown = [{name: row[name] for name in columns if name in row} for row in rows[offset:]]
        return page(*shown[: self.page_size], more=len(shown) > self.page_size)


def _number(text: str) -> Any:
    return (0, int(text), "") if re.fullmatch(r"-?\d+", text) else (1, 0, text)


def role(id_: str, name: str, **more: str) -> dict[str, str]:
    return {"id": id_, "name": name, "isinactive": "F", **more}


def permission(role_id: str, key: str, level: str) -> dict[str, str]:
    return {"role": role_id, "permkey": key, "name": key.title(), "permlevel": level, "restriction": "-1"}


def token(id_: str, application: str, user: str, role_id: str) -> dict[str, str]:
    return {
        "id": id_,
        "tba_token_name": f"{application} - token",
        "application": application,
        "entity_name": user,
        "entity_shown": f"User {user}",
        "role_name": role_id,
        "role_shown": f"Role {role_id}",
        "created": "2026-01-01 00:00:00",
        "created_by": "Ada",
        "binactive": "F",
        "brevoked": "F",
    }


def classification(id_: str, name: str, **more: str) -> dict[str, str]:
    return {
        "id": id_,
        "name": name,
        "fullname": name,
        "isinactive": "F",
        "includechildren": "T",
        "subsidiary": "1",
        "modified": "2026-01-01 00:00:00",
        **more,
    }


def note(moment: str, author: str, before: str, after: str) -> dict[str, str]:
    return {
        "changed": moment,
        "recordid": "1006",
        "field": "ROLE.NAME",
        "author": author,
        "oldvalue": before,
        "newvalue": after,
        "author_role": "3",
        "context": "UIF",
    }


def employee(id_: str, name: str, roles: str) -> dict[str, str]:
    return {
        "id": id_,
        "entityid": name,
        "email": f"{name.lower()}@example.com",
        "giveaccess": "T",
        "isinactive": "F",
        "rolesforsearch": roles,
    }
