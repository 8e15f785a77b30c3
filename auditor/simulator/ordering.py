"""Whether a query's ORDER BY fixes the order of its rows. Where it does not, rows come in another order every time.

That is what makes pages lose and repeat rows in NetSuite: each page is a query of its own.
"""

from __future__ import annotations

from sqlglot import exp

from auditor.simulator.schema import TABLES

_SHUFFLE = exp.Ordered(this=exp.Anonymous(this="shuffle"), nulls_first=True)


def settle_order(query: exp.Query, sources: dict[str, str]) -> exp.Query:
    """*query* with chance deciding wherever its own ORDER BY does not."""
    if not isinstance(query, exp.Select):
        return query if query.args.get("order") else _shuffled(query)
    if _fixed(query, sources):
        return query
    return _shuffled(query) if query.args.get("limit") else query.order_by(_SHUFFLE.copy())


def _shuffled(query: exp.Query) -> exp.Select:
    return exp.select("*").from_(query.subquery("rows_found")).order_by(_SHUFFLE.copy())


def _fixed(select: exp.Select, sources: dict[str, str]) -> bool:
    order, group = select.args.get("order"), select.args.get("group")
    ordered = [_meant(term.this, select) for term in order.expressions] if order else []
    if group:
        return all(_meant(term, select) in ordered for term in group.expressions)
    if not select.args.get("from_") or any(projection.find(exp.AggFunc) for projection in select.selects):
        return True  # one row
    tables = [select.args["from_"].this, *(join.this for join in select.args.get("joins") or ())]
    if len(tables) == 1 and isinstance(tables[0], exp.Subquery) and isinstance(tables[0].this, exp.Select):
        return not order and not select.args.get("distinct") and _fixed(tables[0].this, sources)
    if not all(isinstance(table, exp.Table) and table.alias_or_name.lower() in sources for table in tables):
        return False
    named = {(term.table.lower(), term.name.lower()) for term in ordered if isinstance(term, exp.Column)}
    fixed = all(_key_is_named(table.alias_or_name.lower(), sources, named, len(tables)) for table in tables)
    if fixed and order:
        for term in order.expressions:
            term.set("nulls_first", not term.args.get("desc"))  # keys are never null: let the engine walk its index
    return fixed


def _key_is_named(alias: str, sources: dict[str, str], named: set[tuple[str, str]], tables: int) -> bool:
    key = TABLES[sources[alias]].key
    return bool(key) and all((alias, column) in named or (tables == 1 and ("", column) in named) for column in key)


def _meant(term: exp.Expr, select: exp.Select) -> exp.Expr:
    """The expression that an ORDER BY term stands for: itself, or the result column of that name or number."""
    if isinstance(term, exp.Literal) and not term.is_string and term.name.isdigit():
        position = int(term.name) - 1
        return select.selects[position].unalias() if position < len(select.selects) else term
    if isinstance(term, exp.Column) and not term.table:
        for projection in select.selects:
            if isinstance(projection, exp.Alias) and projection.alias.lower() == term.name.lower():
                return projection.unalias()
    return term
