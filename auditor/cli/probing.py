"""Tries the integrations' own tokens, as accounts.toml says, with one parsed WSDL for all accounts."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from auditor.config import AccountSettings, ProbeSettings, TokenBased
from auditor.model import Baseline, ProbeRow
from auditor.probe import ProbeConnection, ProbeCredentials, probe
from auditor.secrets import resolve


def own_cache() -> Path:
    """Where the WSDL is kept unless the user says otherwise: in this user's cache folder."""
    import platformdirs

    return platformdirs.user_cache_path("netsuite-auditor", appauthor=False) / "wsdl"


class Prober:
    """Probes accounts. Safe for several threads. *wsdl* is an address that goes before the configuration's.

    Making one loads zeep and netsuitesdk, which takes most of a second: make one only if something is to be probed.
    """

    def __init__(self, cache: Path | None, wsdl: str = "") -> None:
        from auditor.probe.wsdl import WsdlLibrary

        self._library = WsdlLibrary(cache or own_cache())
        self._wsdl = wsdl

    def rows(
        self,
        account: AccountSettings,
        integration: ProbeSettings,
        baselines: Iterable[Baseline],
        stop: threading.Event | None = None,
    ) -> tuple[ProbeRow, ...]:
        """What *integration*'s token is answered in *account*. Its secrets are looked up here, at the last moment.

        Setting *stop* ends it at the next record or during a wait; it takes no longer than the account's time budget.

        Raises:
            ProbeError: the account was not let in or could not be reached.
            ConfigurationError: a secret is not there, or cannot be used.
        """
        connection = ProbeConnection(
            account=account.id,
            credentials=_credentials(integration.token),
            base_url=account.base_url,
            wsdl_url=self._wsdl or integration.wsdl,
            connect_timeout=account.connect_timeout,
            read_timeout=account.read_timeout,
            answer_timeout=account.answer_timeout,
            ca_file=account.ca_file,
        )
        stopped = stop or threading.Event()
        over = _over(stopped, account.time_budget)
        return probe(connection, self._library, baselines, sleep=stopped.wait, over=over)


def _credentials(token: TokenBased) -> ProbeCredentials:
    return ProbeCredentials(
        consumer_key=resolve(token.consumer_key),
        consumer_secret=resolve(token.consumer_secret),
        token_id=resolve(token.token_id),
        token_secret=resolve(token.token_secret),
    )


def _over(stop: threading.Event, budget: float) -> Callable[[], str]:
    """Says why nothing more is to be asked; empty as long as something may be."""
    end = time.monotonic() + budget

    def over() -> str:
        if stop.is_set():
            return "The run was stopped."
        return f"The time budget of {budget:g} seconds is used up." if time.monotonic() > end else ""

    return over
