"""A Kubernetes CronJob with a volume for the run folders, and the settings and secrets as files."""

from __future__ import annotations

from typing import Any

import yaml

from auditor.scheduling.night import LONGEST_HOURS, Night

_ETC, _SECRETS, _RUNS = "/etc/netsuite-auditor", "/run/secrets/netsuite-auditor", "/var/lib/netsuite-auditor/runs"
_USER = 10001
_HEAD = """\
# Read-only audit of NetSuite roles and access tokens, every night at {hour:02}:{minute:02} UTC.
#
# Make these first:
#   kubectl create configmap {name} --from-file=accounts.toml={config}
#   kubectl create secret generic {name} --from-file=FILE...     (accounts.toml names them: file:{secrets}/FILE)
"""
_COMMAND = """\
auditor "$@" & audit=$!
trap 'kill -TERM $audit' TERM
wait $audit; code=$?
if kill -0 $audit 2>/dev/null; then wait $audit; code=$?; fi
# Kubernetes takes no exit code but 0 for well done, and findings (10) are what the job is for.
test $code -eq 10 || exit $code
"""
"""What the shell runs. It hands on the signal that ends a pod, of which the audit then makes what it can."""
_SECONDS_TO_END = 120
"""For the page that is being read, and the reports of what was whole."""


class _Dumper(yaml.SafeDumper):
    """Keeps the lines of a text as lines."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def kubernetes(night: Night) -> dict[str, bytes]:
    """``NAME.yaml``: a CronJob and the claim of its volume."""
    head = _HEAD.format(
        name=night.name, hour=night.hour, minute=night.minute, config=night.config.name, secrets=_SECRETS
    )
    documents = yaml.dump_all(
        [_claim(night), _cron_job(night)],
        Dumper=_Dumper,
        sort_keys=False,
        explicit_start=True,
        default_flow_style=False,
    )
    return {f"{night.name}.yaml": (head + documents).encode()}


def _claim(night: Night) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": night.name},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "10Gi"}}},
    }


def _cron_job(night: Night) -> dict[str, Any]:
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": night.name},
        "spec": {
            "schedule": f"{night.minute} {night.hour} * * *",
            "timeZone": "Etc/UTC",
            "concurrencyPolicy": "Forbid",
            "startingDeadlineSeconds": 3600,
            "successfulJobsHistoryLimit": 3,
            "failedJobsHistoryLimit": 3,
            "jobTemplate": {
                "spec": {
                    "backoffLimit": 0,
                    "activeDeadlineSeconds": LONGEST_HOURS * 3600,
                    "template": {"spec": _pod(night)},
                }
            },
        },
    }


def _pod(night: Night) -> dict[str, Any]:
    return {
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": _SECONDS_TO_END,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": _USER,
            "runAsGroup": _USER,
            "fsGroup": _USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [_container(night)],
        "volumes": [
            {"name": "settings", "configMap": {"name": night.name}},
            {"name": "secrets", "secret": {"secretName": night.name, "defaultMode": 0o440}},
            {"name": "runs", "persistentVolumeClaim": {"claimName": night.name}},
            {"name": "temporary", "emptyDir": {}},
        ],
    }


def _container(night: Night) -> dict[str, Any]:
    return {
        "name": "audit",
        "image": night.image,
        "command": ["sh", "-c", _COMMAND, "auditor"],
        "args": ["audit", "--config", f"{_ETC}/accounts.toml", "--out", _RUNS],
        "env": [{"name": "HOME", "value": "/tmp"}],  # noqa: S108 - the pod's own empty volume
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "resources": {"requests": {"cpu": "250m", "memory": "512Mi"}, "limits": {"memory": "2Gi"}},
        "volumeMounts": [
            {"name": "settings", "mountPath": _ETC, "readOnly": True},
            {"name": "secrets", "mountPath": _SECRETS, "readOnly": True},
            {"name": "runs", "mountPath": _RUNS.rsplit("/", 1)[0]},
            {"name": "temporary", "mountPath": "/tmp"},  # noqa: S108
        ],
    }
