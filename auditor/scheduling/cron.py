"""A line for a crontab."""

from __future__ import annotations

import shlex

from auditor.scheduling.night import Night

_TEXT = """\
# {name}: audit of NetSuite roles and access tokens, every night at {hour:02}:{minute:02} of this machine's time.
# Findings (exit code 10) are what the job is for; cron sends mail for anything else that the command prints.
{minute} {hour} * * * umask 077; {command} >>{log} 2>&1 || test $? -eq 10 || echo {failed}
"""


def cron(night: Night) -> dict[str, bytes]:
    """``NAME.cron``, to be added to the crontab of the user who runs it."""
    log = night.out.parent / f"{night.name}.log"
    text = _TEXT.format(
        name=night.name,
        hour=night.hour,
        minute=night.minute,
        command=_word(*night.command),
        log=_word(str(log)),
        failed=_word(f"The audit did not end well: see {log}"),
    )
    return {f"{night.name}.cron": text.encode()}


def _word(*words: str) -> str:
    """*words* for the shell, in a crontab, where ``%`` ends the command."""
    return shlex.join(words).replace("%", "\\%")
