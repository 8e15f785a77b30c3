"""The first ``accounts.toml``: commented, with a placeholder wherever only NetSuite knows the value.

A placeholder stands in angle brackets, and the reader of the configuration refuses one with the line that it is on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

PLACEHOLDER_ACCOUNT = "<account id>"
TOKEN_PARTS = ("consumer_key", "consumer_secret", "token_id", "token_secret")

_HEAD = """\
# The NetSuite accounts that are audited. Every key: docs/configuration.md. No secret belongs in this file, only where
# each one is: env:NAME, file:PATH (mode 0600; relative to this file) or keyring:service/name.
# What stands in <angle brackets> is to be filled in; netsuite-steps.txt beside this file says where each comes from.
#
#   auditor doctor --config {file}     is everything ready?
#   auditor audit  --config {file}     the audit itself

# fail_on = "low"  # lowest severity that makes the exit code 10: info, low, medium, high, critical
# out = "runs"  # folder for run folders
# jobs = 4  # accounts read side by side
# privacy = "hash"  # names and e-mails of people in all that is written: hash or omit; docs/privacy.md
# privacy_key = "env:AUDITOR_PRIVACY_KEY"
# waivers = "waivers.yaml"  # failed findings that somebody answers for: docs/waivers.md
# checks = {{ off = [], idle_days = 90 }}  # checks that are switched off, by id: docs/checks.md

[defaults]  # what holds for every account that does not say otherwise
baselines = ["{baseline}"]  # what to hold the accounts against: auditor baselines list
own_role = {role}  # the role that the auditor signs in with: it must be found among the rows
# own_user = "audit@example.com"  # and the user, by e-mail, name or internal id
# concurrency = 1  # requests at once in one account, 1 to 4; its other integrations share the limit
# connect_timeout = 10  # seconds, as all times
# read_timeout = 120
# answer_timeout = 300
# time_budget = 3600  # for a whole account
# ca_file = "ca.pem"  # only where a proxy or a private authority signs TLS connections
# roles = ["Another Role"]  # roles to judge besides those found
# expected_user = "sync@example.com"  # what the integration's token is to be bound to
# expected_role = "Expensify Integration"
# expected_application = "Expensify"
# assumptions = {{ oneworld = true, "feature:MULTICURRENCY" = false }}  # what the account cannot tell
"""
_ACCOUNT = """
[[account]]
id = {id}  # as NetSuite writes it: Setup > Company > Company Information; a sandbox is 1234567_SB1
name = {name}  # what reports call it
# base_url = {base_url}
#   only if the address differs, or to try this out on a simulated account
"""
_OAUTH2 = """\
auth = "oauth2"  # client credentials: the sign-in by certificate
client_id = "<client id>"  # shown once, when the integration record is saved
certificate_id = "<certificate id>"  # shown on the page OAuth 2.0 Client Credentials (M2M) Setup
private_key = {private_key}  # {key_note}
{password}
# algorithm = "{algorithm}"  # only to sign with another one than is usual for the key
"""
_TBA = """\
auth = "tba"  # token-based authentication; no new integrations from NetSuite 2027.1 on
consumer_key = {consumer_key}  # these two are shown once, when the integration record is saved
consumer_secret = {consumer_secret}
token_id = {token_id}  # these two are shown once, when the access token is saved
token_secret = {token_secret}
"""
_PROBE = """\
# [account.probe]  # the integration's own access token, for auditor probe: docs/probe.md
# consumer_key = "env:EXPENSIFY_CONSUMER_KEY"
# consumer_secret = "env:EXPENSIFY_CONSUMER_SECRET"
# token_id = "env:EXPENSIFY_TOKEN_ID"
# token_secret = "env:EXPENSIFY_TOKEN_SECRET"
"""


def accounts_toml(
    accounts: Sequence[str],
    *,
    baseline: str,
    own_role: str,
    tba: bool = False,
    algorithms: Mapping[str, str] | None = None,
    password: str = "",
) -> str:
    """The file's text. *algorithms* has an entry for each account whose key was made just now.

    *password* is the reference to the keys' password, as it is to stand in the file.
    """
    made = algorithms or {}
    parts = [_HEAD.format(file="accounts.toml", baseline=baseline, role=json.dumps(own_role))]
    for account in accounts:
        parts.append(_ACCOUNT.format(id=json.dumps(account), name=json.dumps(_name(account)), base_url=_url(account)))
        parts.append(_token_based(account) if tba else _oauth2(account, made.get(account), password))
        parts.append(_PROBE)
    return "".join(parts)


def stem(account: str) -> str:
    """What the names of an account's files begin with."""
    return "account" if account == PLACEHOLDER_ACCOUNT else account


def key_name(account: str) -> str:
    """The file that holds the account's private key."""
    return f"{stem(account)}.private-key.pem"


def certificate_name(account: str) -> str:
    """The file that is uploaded to NetSuite."""
    return f"{stem(account)}.certificate.pem"


def token_file(account: str, part: str) -> str:
    """The file that holds one part of the account's access token."""
    return f"{stem(account)}.{part}"


def _oauth2(account: str, algorithm: str | None, password: str) -> str:
    reference = json.dumps(f"file:{key_name(account)}")
    return _OAUTH2.format(
        private_key=reference,
        key_note="made just now" if algorithm else "yours, PEM: RSA 3072 or 4096, or EC P-256, P-384, P-521",
        password=(
            f"private_key_password = {json.dumps(password)}"
            if password
            else '# private_key_password = "env:NETSUITE_KEY_PASSWORD"  # if the key is encrypted'
        ),
        algorithm=algorithm or "PS256",
    )


def _token_based(account: str) -> str:
    return _TBA.format(**{part: json.dumps(f"file:{token_file(account, part)}") for part in TOKEN_PARTS})


def _name(account: str) -> str:
    return "Sandbox" if "_SB" in account else "Production"


def _url(account: str) -> str:
    host = "1234567" if account == PLACEHOLDER_ACCOUNT else account.lower().replace("_", "-")
    return json.dumps(f"https://{host}.suitetalk.api.netsuite.com")
