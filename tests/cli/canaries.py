"""Secrets that can be told again wherever they come up: where they are kept, who throws them back, how to find them."""

from __future__ import annotations

import base64
import html
import io
import json
import re
import secrets
import subprocess
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote_to_bytes

import pypdf

_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}")
_VAULT = """
import json, pathlib, keyring.backend

class Vault(keyring.backend.KeyringBackend):
    priority = 1
    def get_password(self, service, username):
        return json.loads(pathlib.Path(__file__).with_name("vault.json").read_text()).get(f"{service}/{username}")
    def set_password(self, service, username, password):
        raise AssertionError("nothing is ever stored")
"""


class Canaries:
    """Makes secrets and keeps them as a user would, in turn in a variable, in a file and in a keyring."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.values: list[str] = []
        self.environment = {"PYTHON_KEYRING_BACKEND": "canary_vault.Vault"}
        self._vault: dict[str, str] = {}
        (folder / "canary_vault.py").write_text(_VAULT)

    def fresh(self, name: str) -> str:
        """A new secret, with characters that look different in an address, in JSON and in base64."""
        value = f"canary-{name}-/+=~{secrets.token_hex(8)}"
        self.values.append(value)
        return value

    def kept(self, value: str) -> str:
        """A reference to *value*."""
        self.values.append(value)
        number = len(self.values)
        match number % 3:
            case 0:
                self.environment[f"CANARY_{number}"] = value
                return f"env:CANARY_{number}"
            case 1:
                path = self.folder / f"secret-{number}"
                path.touch(mode=0o600)
                path.write_text(value + "\n")
                return f"file:{path}"
        self._vault[f"canary/{number}"] = value
        (self.folder / "vault.json").write_text(json.dumps(self._vault))
        return f"keyring:canary/{number}"

    def token(self, name: str) -> dict[str, str]:
        """Four new secrets of an access token."""
        parts = ("consumer_key", "consumer_secret", "token_id", "token_secret")
        return {part: self.fresh(f"{name}-{part}") for part in parts}

    def settings(self, token: dict[str, str]) -> str:
        """*token* as accounts.toml has it."""
        return "".join(f'{part} = "{self.kept(value)}"\n' for part, value in token.items())

    def found_in(self, name: str, data: bytes) -> list[str]:
        """Which secrets are in *data*, in whatever form."""
        seen = b"\n".join(_readings(name, data))
        return [value for value in dict.fromkeys(self.values) if value.encode() in seen]


def _readings(name: str, data: bytes) -> Iterator[bytes]:
    """*data* read in every way that a secret may be written in."""
    for plain in (data, *_unpacked(name, data)):
        yield plain
        yield unquote_to_bytes(plain)
        text = plain.decode("latin-1")
        yield text.replace("\\/", "/").replace('\\"', '"').encode("latin-1")
        yield html.unescape(text).encode("utf-8", "replace")
        for run in _BASE64.findall(plain.translate(bytes.maketrans(b"-_", b"+/"))):
            for begin in range(4):
                part = run[begin:]
                part = part[:-1] if len(part) % 4 == 1 else part
                yield base64.b64decode(part + b"=" * (-len(part) % 4))


def _unpacked(name: str, data: bytes) -> Iterator[bytes]:
    if name.endswith(".xlsx"):
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            yield from (book.read(member) for member in book.namelist())
    if name.endswith(".pdf"):
        reader = pypdf.PdfReader(io.BytesIO(data))
        for reference in range(1, reader.trailer["/Size"]):
            found = reader.get_object(reference)
            if isinstance(found, pypdf.generic.StreamObject):
                yield found.get_data()
        # A font's letters are numbers in the streams, so the text is read as well, without its line ends.
        text = subprocess.run(["pdftotext", "-raw", "-", "-"], input=data, capture_output=True, check=True).stdout
        yield re.sub(rb"\s+", b"", text)


FORMS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "escaped": lambda text: "".join(f"\\u{ord(char):04x}" for char in text),
    "percent": lambda text: quote(text, safe=""),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
}


@contextmanager
def echo(canaries: Canaries) -> Iterator[str]:
    """A server that answers every request with an error that says what it was sent. Gives its address.

    The first part of the path says how: ``/500-percent``, ``/401-base64``. ``/200-…`` gives an access token, and then
    throws that back with a 500.
    """

    class Echo(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            status, _, form = self.path.split("/")[1].partition("-")
            if not self.path.endswith("/token"):
                sent = self.headers["Authorization"]
                detail = FORMS[form](sent.partition(", ")[2] or sent)
                code = 500 if status == "200" else int(status)
                self.answer(code, f'{{"o:errorDetails": [{{"detail": "{detail}", "o:errorCode": "NO"}}]}}')
            elif status == "200":
                self.answer(200, json.dumps({"access_token": canaries.fresh("bearer"), "expires_in": "3600"}))
            else:
                assertion = parse_qs(body)["client_assertion"][0]
                canaries.values += [assertion, assertion[60:160]]
                detail = FORMS[form](assertion)
                self.answer(int(status), f'{{"error": "invalid_grant", "error_description": "{detail}"}}')

        def answer(self, status: int, body: str) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Retry-After", "0")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
