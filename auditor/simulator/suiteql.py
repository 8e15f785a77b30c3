"""Turns a SuiteQL query into one that the embedded engine runs, or says in NetSuite's words why not.

The wordings of an unknown record and an unknown identifier are documented; that everything else is "Invalid or
unsupported search" is known from single reports.
"""

from __future__ import annotations

import logging
import re
import sqlite3
from dataclasses import dataclass
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from auditor.simulator.ordering import settle_order
from auditor.simulator.schema import TABLES

LONGEST_QUERY = 200_000
UNSUPPORTED = "Invalid or unsupported search."
_ENGINE_COLUMNS = frozenset({"rowid", "oid", "_rowid_"})
_LIMIT = re.compile(r"\blimit\b", re.IGNORECASE)
_NO_SUCH_COLUMN = re.compile(r"no such column: (?:.*\.)?(.+)")
logging.getLogger("sqlglot").addHandler(logging.NullHandler())  # what it cannot parse is our answer, not a log line
_ORACLE = sqlglot.Dialect.get_or_raise("oracle")


class QueryRefusedError(Exception):
    """NetSuite would not run this query; the text is what follows "Search error occurred:"."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One query, ready to run."""

    sql: str
    count_sql: str
    tables: frozenset[str]
    columns: frozenset[tuple[str, str]]
    """Table and column, for every column that the query names."""
    scope: str
    """The tables as NetSuite lists them beside an unknown identifier: ``{r=role, p=rolepermissions}``."""
    counts: bool
    """The one row of an aggregate, which no fault about rows touches."""

    def refusal(self, error: sqlite3.Error) -> QueryRefusedError:
        """What NetSuite would say where the engine said *error*."""
        missing = _NO_SUCH_COLUMN.match(str(error))
        return unknown_identifier(missing.group(1), self.scope) if missing else QueryRefusedError(UNSUPPORTED)


def unknown_identifier(name: str, scope: str) -> QueryRefusedError:
    """The refusal of a column that a table lacks."""
    return QueryRefusedError(f"Unknown identifier '{name}'. Available identifiers are: {scope}.")


def record_not_found(table: str) -> QueryRefusedError:
    """The refusal of a table that is unknown, hidden from the caller's role, or of a feature that is off."""
    return QueryRefusedError(f"Record '{table}' was not found.")


@lru_cache(maxsize=1024)
def plan(sql: str) -> Plan:
    """Read *sql* and make it ready for the engine.

    Raises:
        QueryRefusedError: it is no single SELECT, or asks for an unknown table or for what SuiteQL does not offer.
    """
    if len(sql) > LONGEST_QUERY:
        raise QueryRefusedError(UNSUPPORTED)
    try:
        return _planned(sql)
    except (SqlglotError, RecursionError) as error:
        raise QueryRefusedError(UNSUPPORTED) from error


def _planned(sql: str) -> Plan:
    query = _parsed(sql)
    if _LIMIT.search(sql) and query.find(exp.Limit):
        raise QueryRefusedError(UNSUPPORTED)
    sources = _sources(query)
    scope = "{" + ", ".join(f"{alias}={table}" for alias, table in sources.items()) + "}"
    columns = _columns(query, sources, scope)
    for node in reversed(list(query.find_all(exp.Expr))):  # from the inside out
        _rewrite(node, sources)
    for select in list(query.find_all(exp.Select)):
        _limit_by_rownum(select)
    _own_tokens_only(query)
    _name_expressions(query)
    count_sql = _generated(exp.select("COUNT(*)").from_(_without_order(query).subquery("counted")))
    return Plan(
        sql=f"SELECT * FROM ({_generated(settle_order(query, sources))}) LIMIT ? OFFSET ?",
        count_sql=count_sql,
        tables=frozenset(sources.values()),
        columns=columns,
        scope=scope,
        counts=_is_aggregate(query),
    )


def _parsed(sql: str) -> exp.Query:
    statements = sqlglot.parse(sql, read=_ORACLE)
    if len(statements) != 1 or not isinstance(statements[0], (exp.Select, exp.SetOperation, exp.Subquery)):
        raise QueryRefusedError(UNSUPPORTED)
    query = statements[0]
    if query.find(exp.Into, exp.DDL, exp.DML, exp.Command):
        raise QueryRefusedError(UNSUPPORTED)
    return query


def _sources(query: exp.Query) -> dict[str, str]:
    """Alias to table, for every table that the query names."""
    named = {cte.alias.lower() for cte in query.find_all(exp.CTE)}
    sources = {}
    for table in query.find_all(exp.Table):
        name = table.name.lower()
        if name in named and not table.db:
            continue
        if not isinstance(table.this, exp.Identifier) or table.this.quoted or table.db:
            raise record_not_found(table.name)
        if name == "dual":
            table.replace(exp.select("'X' AS dummy").subquery(table.alias_or_name))
            continue
        if name not in TABLES:
            raise record_not_found(table.name)
        table.this.set("this", name)
        sources[table.alias_or_name.lower()] = name
    return sources


def _columns(query: exp.Query, sources: dict[str, str], scope: str) -> frozenset[tuple[str, str]]:
    named = set()
    for column in query.find_all(exp.Column):
        name = column.name.lower()
        if isinstance(column.this, exp.Identifier) and column.this.quoted:
            raise unknown_identifier(f'"{column.name}"', scope)
        if name in _ENGINE_COLUMNS:
            raise unknown_identifier(column.name, scope)
        tables = [sources[column.table.lower()]] if column.table.lower() in sources else sources.values()
        named |= {(table, name) for table in tables}
    return frozenset(named)


def _rewrite(node: exp.Expr, sources: dict[str, str]) -> None:
    """Replace what only NetSuite's engine knows by functions of the store."""
    if isinstance(node, exp.Dot) and node.this.name.upper() == "BUILTIN":
        node.replace(_builtin(node.expression, sources))
    elif isinstance(node, exp.ToChar):
        form = node.args.get("format")
        node.replace(_function("format_date", node.this, _strftime(form)) if form else exp.cast(node.this, "text"))
    elif isinstance(node, exp.TimeToStr):
        node.replace(_function("format_date", node.this, node.args["format"]))
    elif isinstance(node, (exp.StrToDate, exp.StrToTime)):
        if not node.args.get("format"):
            raise QueryRefusedError(UNSUPPORTED)
        node.replace(_function("parse_date", node.this, node.args["format"]))
    elif isinstance(node, (exp.CurrentTimestamp, exp.CurrentDate)):
        node.replace(_function("present_date"))


def _builtin(call: exp.Expr, sources: dict[str, str]) -> exp.Expr:
    """``BUILTIN.DF(column)``; of a column that refers to nothing, DF gives the column itself."""
    if not isinstance(call, exp.Anonymous) or call.name.upper() != "DF" or len(call.expressions) != 1:
        raise QueryRefusedError(UNSUPPORTED)
    column = call.expressions[0]
    if not isinstance(column, exp.Column):
        raise QueryRefusedError(UNSUPPORTED)
    alias, name = column.table.lower(), column.name.lower()
    tables = [sources[alias]] if alias in sources else sources.values()
    for table in tables:
        found = TABLES[table].columns.get(name)
        if found and found.refers_to:
            return _function("display", exp.Literal.string(found.refers_to), column)
    return column


def _strftime(form: exp.Expr) -> exp.Expr:
    if not (isinstance(form, exp.Literal) and form.is_string):
        raise QueryRefusedError(UNSUPPORTED)
    translated = _ORACLE.format_time(form)
    return exp.Literal.string(re.sub(r"\b[AP]M\b", "%p", translated.name)) if translated else form


def _function(name: str, *arguments: exp.Expr) -> exp.Anonymous:
    return exp.Anonymous(this=name, expressions=[argument.copy() for argument in arguments])


def _limit_by_rownum(select: exp.Select) -> None:
    """``WHERE ROWNUM <= n`` counts rows before they are grouped or sorted; the engine's limit does so afterwards."""
    pseudo = [column for column in select.find_all(exp.Column) if column.name.upper() == "ROWNUM"]
    own = [column for column in pseudo if column.find_ancestor(exp.Select) is select]
    if not own:
        return
    comparison, where = own[0].parent, select.args.get("where")
    conditions = [] if where is None else where.this.flatten() if isinstance(where.this, exp.And) else [where.this]
    blocked = any(select.args.get(part) for part in ("group", "order", "distinct", "limit"))
    if (
        len(own) > 1
        or blocked
        or not isinstance(comparison, (exp.LTE, exp.LT))
        or not any(comparison is condition for condition in conditions)
        or not comparison.expression.is_int
    ):
        raise QueryRefusedError(UNSUPPORTED)
    most = int(comparison.expression.name) - isinstance(comparison, exp.LT)
    comparison.replace(exp.true())
    select.set("limit", exp.Limit(expression=exp.Literal.number(most)))


def _own_tokens_only(query: exp.Query) -> None:
    """``useroauthtoken`` is the caller's part of ``oauthtoken``."""
    for table in list(query.find_all(exp.Table)):
        if table.name == "useroauthtoken":
            own = exp.select("*").from_("oauthtoken").where("entity_name = caller_user()")
            table.replace(own.subquery(table.alias_or_name))


def _name_expressions(query: exp.Query) -> None:
    """A result column without a name is called ``expr1``, ``expr2`` and so on, as single reports show it."""
    unnamed = 0
    first = query
    while isinstance(first, (exp.SetOperation, exp.Subquery)):
        first = first.this
    if not isinstance(first, exp.Select):
        raise QueryRefusedError(UNSUPPORTED)
    for projection in list(first.selects):
        if not isinstance(projection, (exp.Alias, exp.Column, exp.Star)):
            unnamed += 1
            projection.replace(exp.alias_(projection.copy(), f"expr{unnamed}"))


def _is_aggregate(query: exp.Query) -> bool:
    return (
        isinstance(query, exp.Select)
        and not query.args.get("group")
        and any(projection.find(exp.AggFunc) for projection in query.selects)
    )


def _without_order(query: exp.Query) -> exp.Query:
    copied = query.copy()
    if not copied.args.get("limit"):
        copied.set("order", None)
    return copied


def _generated(query: exp.Query) -> str:
    return query.sql(dialect="sqlite", unsupported_level=ErrorLevel.RAISE, comments=False)
