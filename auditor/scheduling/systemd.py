"""A systemd service and its timer, shut in as far as the audit allows."""

from __future__ import annotations

from auditor.scheduling.night import LONGEST_HOURS, Night

_SERVICE = """\
[Unit]
Description=Read-only audit of NetSuite roles and access tokens
Wants=network-online.target
After=network-online.target time-sync.target

[Service]
Type=oneshot
User={user}
ExecStart={command}
# Findings (10) are what the job is for. Incomplete (4, 14), nothing audited (3) and wrong settings (2) fail the unit.
SuccessExitStatus=10
# Never restarted: NetSuite locks a credential after five refused sign-ins.
Restart=no
TimeoutStartSec={hours}h
Nice=10
UMask=0077

ReadWritePaths={out}
ProtectSystem=strict
ProtectHome=read-only
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProcSubset=pid
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RemoveIPC=yes
KeyringMode=private
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
# Not MemoryDenyWriteExecute: the text layout of the PDF calls back through memory that is written and run.
"""
_TIMER = """\
[Unit]
Description=Nightly audit of NetSuite roles and access tokens

[Timer]
OnCalendar=*-*-* {hour:02}:{minute:02}:00
# So that a fleet of machines does not ask at the same second.
RandomizedDelaySec=10min
# A night that was slept through is made up for.
Persistent=yes

[Install]
WantedBy=timers.target
"""


def systemd(night: Night) -> dict[str, bytes]:
    """``NAME.service`` and ``NAME.timer``."""
    service = _SERVICE.format(
        user=night.user or night.name,
        command=" ".join(_word(word) for word in night.command),
        hours=LONGEST_HOURS,
        out=_word(str(night.out)),
    )
    timer = _TIMER.format(hour=night.hour, minute=night.minute)
    return {f"{night.name}.service": service.encode(), f"{night.name}.timer": timer.encode()}


def _word(text: str) -> str:
    """*text* as one word of a unit file, where ``%`` and ``$`` mean something."""
    literal = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{literal}"'
