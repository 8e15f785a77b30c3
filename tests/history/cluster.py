"""A PostgreSQL of our own for the length of a test session: made in a temporary folder, on a socket, and gone after."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PASSWORD = "correct horse battery staple"


class NoPostgresError(Exception):
    """PostgreSQL's programs are not on this machine, or no user is there to run them as."""


def programs() -> Path:
    """The folder with initdb and pg_ctl."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), reverse=True)
    if shutil.which("pg_ctl"):
        found.append(Path(str(shutil.which("pg_ctl"))))
    if shutil.which("pg_config"):
        told = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=True).stdout.strip()
        found.append(Path(told) / "pg_ctl")
    for path in found:
        if path.is_file() and (path.parent / "initdb").is_file():
            return path.parent
    raise NoPostgresError("PostgreSQL's server is not installed (apt-get install postgresql)")


def _owner() -> str | None:
    """PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        raise NoPostgresError("PostgreSQL does not run as root, and there is no user postgres") from None


@contextmanager
def cluster() -> Iterator[str]:
    """The URL of the server's first database, without its password, for as long as the block lasts."""
    at, owner = programs(), _owner()
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    try:
        secret = folder / "secret"
        secret.write_text(PASSWORD)
        if owner:
            for path in (folder, secret):
                shutil.chown(path, owner)
        data = str(folder / "data")

        def run(program: str, *arguments: str) -> None:
            command = [str(at / program), *arguments]
            done = subprocess.run(
                command, user=owner, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, check=False, env={"LC_ALL": "C", "PATH": os.environ["PATH"]},
            )  # fmt: skip
            assert done.returncode == 0, (program, done.stdout)

        run("initdb", "-D", data, "-U", "auditor", "-A", "scram-sha-256", f"--pwfile={secret}", "-E", "UTF8", "-N")
        options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off -c shared_buffers=16MB"
        run("pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield f"postgresql://auditor@/postgres?host={folder}"
        finally:
            run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)
