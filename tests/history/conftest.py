"""Every test that asks for ``place`` runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from auditor.history.database import Place
from auditor.secrets import parse_reference
from tests.history.cluster import PASSWORD, NoPostgresError, cluster

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a server that is there for the tests alone."""
    try:
        with cluster() as url:
            yield url
    except NoPostgresError as error:
        pytest.skip(str(error))


@pytest.fixture
def database(postgres: str) -> str:
    """The URL of an empty database."""
    name = f"history{next(_numbers)}"
    with psycopg.connect(postgres, password=PASSWORD, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    return postgres.replace("/postgres?", f"/{name}?")


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """An empty history."""
    if request.param == "sqlite":
        return Place(str(tmp_path / "history.sqlite"))
    monkeypatch.setenv("HISTORY_PASSWORD", PASSWORD)
    return Place(request.getfixturevalue("database"), parse_reference("env:HISTORY_PASSWORD", tmp_path))
