"""What a connection refuses before anything is sent, without repeating a secret."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from auditor.errors import ConfigurationError
from auditor.probe import ProbeConnection
from auditor.secrets import Secret
from tests.probe.serving import CREDENTIALS

GOOD = ProbeConnection(account="1234567_SB1", credentials=CREDENTIALS, base_url="http://127.0.0.1:1")


@pytest.mark.parametrize(
    "account", ["", "1234567-sb1", "1234567_sb1", "12", "1234567_SB1 ", "1234567/../x", "{account}"]
)
def test_an_account_id_that_netsuitesdk_would_stumble_over(account: str) -> None:
    with pytest.raises(ConfigurationError, match="not spelt as NetSuite spells"):
        replace(GOOD, account=account)


@pytest.mark.parametrize("name", ["consumer_key", "consumer_secret", "token_id", "token_secret"])
@pytest.mark.parametrize("value", ["", "with space", "line\n", "sécrèt-canary", "\x00"])
def test_a_secret_that_netsuitesdk_would_put_into_an_error(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=f"the integration's {name} is empty or holds") as caught:
        replace(GOOD, credentials=replace(CREDENTIALS, **{name: Secret(value)}))
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("url", ["", "ftp://x", "file:///etc/passwd", "https://", "1234567.suitetalk.api.netsuite.com"])
def test_addresses_are_http(url: str) -> None:
    with pytest.raises(ConfigurationError, match="the address of the base_url is not an HTTP address"):
        replace(GOOD, base_url=url)
    if url:
        with pytest.raises(ConfigurationError, match="the address of the WSDL is not an HTTP address"):
            replace(GOOD, wsdl_url=url)


@pytest.mark.parametrize("key", ["base_url", "wsdl_url"])
def test_without_tls_only_this_machine_is_asked(key: str) -> None:
    with pytest.raises(ConfigurationError, match="must begin with https://"):
        replace(GOOD, **{key: "http://1234567.suitetalk.api.netsuite.com/x"})
    assert replace(GOOD, **{key: "https://1234567.suitetalk.api.netsuite.com/x"})


def test_an_authority_file_that_cannot_be_used(tmp_path: object) -> None:
    from auditor.probe.faults import UnreachableError
    from auditor.probe.transport import BoundedTransport

    missing = replace(GOOD, ca_file=f"{tmp_path}/none.pem")
    with pytest.raises(UnreachableError, match=r"none\.pem cannot be used"):
        BoundedTransport(missing)
