"""``auditor doctor``: before the first night, say of each account whether the audit can run, and what is in its way."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.text import Text

    from auditor.doctor import AccountExamination, Examination, Mark, RoleRow, TableRow

EPILOG = (
    "Example: auditor doctor --config accounts.toml --account 1234567\n\n"
    "Exit codes: 0 fit, 10 fit with something to mend, 4 an account is not fit, 14 both, "
    "3 signed in to no account, 2 usage or configuration."
)
_STYLES = {"ok": "green", "mend": "yellow", "trouble": "bold red", "note": "cyan", "not reached": "dim"}
_WIDEST = max(map(len, _STYLES))


def doctor(
    config: Annotated[Path, typer.Option("--config", "-c", help="accounts.toml: the accounts to look at.")] = Path(
        "accounts.toml"
    ),
    account: Annotated[
        list[str] | None, typer.Option("--account", "-a", help="Look at this account only; may be repeated.")
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print JSON on standard output, and nothing else there.")
    ] = False,
) -> None:
    """Say of each account whether the audit can run tonight, and what to do where it cannot.

    Looks at name, TLS, credential, sign-in, clock, each table and the permission that opens it, and holds the role
    that it signs in with against the baseline netsuite-auditor: what is lacking, and what is more than it needs.
    It only reads. NetSuite locks a credential after five refused sign-ins; each account is signed in to once.
    """
    from auditor.cli.logs import LogFormat, logged
    from auditor.cli.planning import picked

    with logged(LogFormat.PLAIN):
        from auditor.config import load_config
        from auditor.doctor import examine

        settings = load_config(config)
        now = datetime.now(UTC).replace(microsecond=0)
        examined = examine(picked(settings, account or ()), now, side_by_side=settings.jobs)
    if json:
        _print_json(examined)
    else:
        _Page().show(examined)
    raise typer.Exit(examined.exit_code)


def _print_json(examined: Examination) -> None:
    import msgspec

    accounts = [{"fitness": each.fitness.value, **msgspec.to_builtins(each)} for each in examined.accounts]
    head = {"format": "netsuite-auditor/doctor", "version": 1}
    document = head | msgspec.to_builtins(examined) | {"exit_code": examined.exit_code, "accounts": accounts}
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n")


class _Page:
    """What a person reads: marks first, then the words; no frame, so that it is as plain in a pipe or a log."""

    def __init__(self) -> None:
        from rich.console import Console

        self._console = Console(soft_wrap=not sys.stdout.isatty(), highlight=False)

    def show(self, examined: Examination) -> None:
        """All accounts, then one line on all."""
        for each in examined.accounts:
            self._account(each, examined.baseline)
        fits = [f"{each.account} {each.fitness.value}" for each in examined.accounts]
        self._line("", f"{'; '.join(fits)} (exit code {examined.exit_code})")

    def _account(self, each: AccountExamination, baseline: str) -> None:
        way = "OAuth 2.0 client credentials" if each.auth == "oauth2" else "token-based authentication"
        name = f" ({each.name})" if each.name != each.account else ""
        self._line("", f"Account {each.account}{name}: {each.base_url}, {way}", "bold")
        for step in each.steps:
            self._line(step.mark, f"{step.name:<11}{step.says}")
            self._line("", step.remedy, indent=11)
        if each.tables:
            self._line("", "Tables, by NetSuite's own count", "bold")
        for row in each.tables:
            self._table(row)
        if each.role_rows:
            self._line("", f"The own role beside the baseline {baseline}", "bold")
        for own in each.role_rows:
            self._line(own.mark, _role_text(own))
        self._line("", f"Account {each.account}: {each.fitness.value}.", "bold")
        self._console.print()

    def _table(self, row: TableRow) -> None:
        count = "" if row.rows is None else f"{row.rows:,} row{'' if row.rows == 1 else 's'}"
        called = f"{row.permission_label or row.permission} at {row.level}"
        self._line(row.mark, f"{row.source:<24}{row.state:<15}{count:<15}{called}".rstrip())
        self._line("", row.says, indent=2)
        if row.mark.value == "trouble":
            self._line("", f"Opened by {called} ({row.permission}): {row.grant}", indent=2)

    def _line(self, mark: Mark | str, text: str, style: str = "", indent: int = 0) -> None:
        """One line, its mark in front; nothing if there is no text. Text from outside shows as it is."""
        from rich.text import Text

        from auditor.reports.text import printable

        if not text:
            return
        word = mark if isinstance(mark, str) else mark.value
        body = Text(printable(text), style)
        if style or (not word and not indent):
            self._console.print(body)
        elif self._console.soft_wrap:
            self._console.print(Text.assemble((f"  {word:<{_WIDEST}}  {' ' * indent}", _STYLES.get(word, "")), body))
        else:
            self._console.print(_hanging(f"  {word:<{_WIDEST}}  {' ' * indent}", _STYLES.get(word, ""), body))


def _hanging(head: str, style: str, body: Text) -> object:
    """*body* behind *head*, its further lines under its first."""
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid()
    grid.add_column(no_wrap=True, width=len(head))
    grid.add_column(overflow="fold")
    grid.add_row(Text(head, style), body)
    return grid


def _role_text(row: RoleRow) -> str:
    where = f"{row.label} ({row.permission}, sub-tab {row.subtab})"
    match row.kind:
        case "lacking":
            text = f"lacking: {where} is at {row.held}, {row.asked} is needed"
        case "perhaps lacking":
            text = f"perhaps lacking: {where} at {row.asked}; whether it is needed here is not known"
        case "more than needed":
            text = f"more than needed: {where} is at {row.held}, {_asked(row)}"
        case _:
            text = f"strong, and needed: {where} at {row.held}"
    return f"{text}: {row.note.removesuffix('.')}." if row.note else f"{text}."


def _asked(row: RoleRow) -> str:
    return "and is not asked for: remove it" if row.asked == "None" else f"{row.asked} is asked: lower it"
