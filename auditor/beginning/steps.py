"""What is to be done in NetSuite, as steps for an administrator. The role is made of the program's own baseline.

Sources: NetSuite's help on integration records for OAuth 2.0 and for TBA, on client credentials setup and on access
tokens, documented. Followed on no live account.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

from auditor.baselines import own_baseline
from auditor.beginning.accounts_toml import PLACEHOLDER_ACCOUNT, TOKEN_PARTS, certificate_name, token_file
from auditor.catalog import load_catalog
from auditor.model import Baseline, Option, Requirement

_WIDTH = 118
_LOG_IN = "log-in"
_OF_OAUTH2, _OF_TBA = "ADMI_LOGIN_OAUTH2", "ADMI_LOGIN_OAUTH"
_SANDBOX = (
    "A sandbox needs its own: neither certificate mappings nor access tokens are copied to it, and each refresh clears "
    "them (documented). Look there whether the integration record, the role and the user are as they are here."
)


def steps(accounts: Sequence[str], *, tba: bool = False, certificates: bool = True) -> str:
    """The steps as plain text: features, integration record, role, user, and the mapping or the token.

    *certificates*: a key pair was made for each account, and there is a certificate to upload.
    """
    baseline = own_baseline()
    parts = [
        "Steps in NetSuite, by an administrator, in each account. From NetSuite's help; tried on no live account.\n",
        _numbered(
            1,
            "Features: Setup > Company > Enable Features > SuiteCloud",
            (
                "Check REST Web Services.",
                "Check Token-based Authentication: without it there is no table of access tokens to audit.",
                *(() if tba else ("Check OAuth 2.0.",)),
                "Under Analytics, SuiteAnalytics Workbook must be on.",
            ),
        ),
        _numbered(2, "Integration record: Setup > Integration > Manage Integrations > New", _record(baseline, tba=tba)),
        _numbered(3, "Role: Setup > Users/Roles > Manage Roles > New", _role(baseline)),
        *_permissions(baseline, tba=tba),
        _numbered(4, "User: Lists > Employees > Employees > New, or Edit beside a service user", _user(baseline)),
        _numbered(5, *_credential(accounts, baseline, tba=tba, certificates=certificates)),
        "\n".join(wrap(_SANDBOX, _WIDTH)) + "\n",
        "Then, on the machine that runs the audit:\n    auditor doctor --config accounts.toml\n",
    ]
    return "\n".join(parts)


def role_options(baseline: Baseline, *, tba: bool) -> Iterator[tuple[Requirement, Option]]:
    """The permissions of the role, one for each row that holds whatever the account is like.

    Of the rows that may be met in several ways it is the one that the way of signing in needs.
    """
    for row in baseline.requirements:
        wanted = (_OF_TBA if tba else _OF_OAUTH2) if row.id == _LOG_IN else row.asked.permission
        yield row, next((option for option in row.options if option.permission == wanted), row.asked)


def _record(baseline: Baseline, *, tba: bool) -> tuple[str, ...]:
    name = baseline.applications[0]
    if tba:
        return (
            f"Name: {name}. State: Enabled.",
            "Authentication tab: check Token-Based Authentication. Clear TBA: Authorization Flow (it asks for a "
            "callback URL), TBA: Issuetoken Endpoint, and everything under OAuth 2.0.",
            "Save. The Consumer Key and Consumer Secret are shown once: keep them for step 5.",
        )
    return (
        f"Name: {name}. State: Enabled.",
        "Authentication tab, Token-based Authentication: clear both boxes, TBA and TBA: Authorization Flow.",
        "Authentication tab, OAuth 2.0: check Client Credentials (Machine to Machine) Grant, clear Authorization Code "
        "Grant; of the scopes check REST Web Services alone.",
        "Save. The Client ID is shown once: it is client_id in accounts.toml. The Client Secret is not needed.",
    )


def _role(baseline: Baseline) -> tuple[str, ...]:
    scriptid = baseline.role_scriptids[0].removeprefix("customrole")
    return (
        f"Name: {baseline.role_names[0]}. ID: {scriptid}. Accessible subsidiaries: All. Employee restrictions: none.",
        "Permissions tab: add exactly these, each at this very level.",
    )


def _permissions(baseline: Baseline, *, tba: bool) -> Iterator[str]:
    """The table of permissions: those that are always needed, then those that depend on something."""
    catalog = load_catalog()
    always: list[tuple[str, ...]] = []
    perhaps: list[tuple[str, ...]] = []
    for row, option in role_options(baseline, tba=tba):
        entry = catalog.get(option.permission)
        label = (entry.label if entry else "") or option.label
        line = (catalog.subtab(option.permission), label, option.level.value, option.permission)
        (perhaps if row.when else always).append((*line, _when(row)))
    yield _table(("Sub-tab", "Permission", "Level", "Id", ""), sorted(always))
    yield "   Only where it says so:\n"
    yield _table(("Sub-tab", "Permission", "Level", "Id", "Only"), sorted(perhaps))
    yield (
        "\n   Classification checks are for vendors that export expenses, such as Expensify (NS0831 and others)."
        "\n   Without these permissions an account with such a token is told as incomplete. Where no expenses are"
        "\n   exported, say so in accounts.toml: assumptions = { classification-checks = false }\n"
        "\n   System notes let the reports say who changed a role and when, where NetSuite's notes tell it. Without the"
        "\n   permission they say 'not collected'; nothing else changes.\n"
    )


def _when(row: Requirement) -> str:
    when = row.when
    if when is None:
        return ""
    if when.oneworld is not None:
        return "with OneWorld" if when.oneworld else "without OneWorld"
    return f"if the feature {when.feature} is on" if when.feature else f"for {when.option.replace('-', ' ')}"


def _user(baseline: Baseline) -> tuple[str, ...]:
    return (
        "Access tab: check Give Access; on the sub-tab Roles add "
        f"{baseline.role_names[0]}, and no other role. Add no global permission: it would win over the role.",
        "Save. Its e-mail or internal id is own_user in accounts.toml.",
    )


def _credential(
    accounts: Sequence[str], baseline: Baseline, *, tba: bool, certificates: bool
) -> tuple[str, tuple[str, ...]]:
    names = f"application {baseline.applications[0]}, the user, and the role {baseline.role_names[0]}"
    if tba:
        where = "Access token: Setup > Users/Roles > Access Tokens > New Access Token"
        files = ", ".join(token_file(account, part) for account in accounts for part in TOKEN_PARTS)
        return where, (
            f"Choose the {names}. Save. Token ID and Token Secret are shown once.",
            f"Put each of the four parts into its file beside accounts.toml: {files}. So that nobody else can read "
            "it and no shell remembers it, for each: (umask 077; cat > FILE), paste, Enter, Ctrl-D.",
        )
    where = "Certificate: Setup > Integration > Manage Authentication > OAuth 2.0 Client Credentials (M2M) Setup"
    uploads = [
        f"{certificate_name(each)}{'' if each == PLACEHOLDER_ACCOUNT else f' in account {each}'}" for each in accounts
    ]
    upload = f"upload {'; '.join(uploads)}" if certificates else "upload the certificate of your own key"
    return where, (
        f"Create New. Choose the {names}; {upload}. Never upload the private key. Save.",
        "The list shows the Certificate ID: it is certificate_id in accounts.toml. A certificate serves for one "
        "combination of application, user and role, and ends by the day that the list shows.",
    )


def _numbered(number: int, title: str, lines: Sequence[str]) -> str:
    body = "\n".join("\n".join(wrap(line, _WIDTH, initial_indent="   - ", subsequent_indent="     ")) for line in lines)
    return f"{number}. {title}\n{body}\n"


def _table(headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(len(row[column]) for row in (headings, *rows)) for column in range(len(headings))]
    lines = ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) for row in (headings, *rows)]
    return "".join(f"     {line.rstrip()}\n" for line in lines)
