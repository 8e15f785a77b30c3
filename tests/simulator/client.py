"""A plain caller of a simulated account: urllib3, PyJWT and oauthlib, nothing of ours but the credentials."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import jwt
import urllib3
from oauthlib.oauth1 import SIGNATURE_HMAC_SHA256
from oauthlib.oauth1 import Client as OAuthClient

from auditor.simulator import Credentials, SimulatedAccount, Simulator, TokenCredentials

TOKEN_PATH = "/services/rest/auth/oauth2/v1/token"
QUERY_PATH = "/services/rest/query/v1/suiteql"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def items(self) -> list[dict[str, Any]]:
        return [{key: value for key, value in item.items() if key != "links"} for item in self.json["items"]]

    @property
    def detail(self) -> str:
        return self.json["o:errorDetails"][0]["detail"]

    @property
    def code(self) -> str:
        return self.json["o:errorDetails"][0]["o:errorCode"]


@dataclass
class Caller:
    """Signs in once with OAuth 2.0, unless given a token of token-based authentication."""

    base_url: str
    credentials: Credentials
    tba: TokenCredentials | None = None
    pool: urllib3.PoolManager = field(default_factory=lambda: urllib3.PoolManager(retries=False, timeout=10))
    bearer: str = ""

    def send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        found = self.pool.request(method, self.base_url + path, body=body, headers=headers)
        return Answer(found.status, dict(found.headers), found.data)

    def claims(self, **changes: Any) -> dict[str, Any]:
        now = int(time.time())
        claims = {
            "iss": self.credentials.client_id,
            "scope": ["rest_webservices"],
            "aud": self.base_url + TOKEN_PATH,
            "iat": now,
            "exp": now + 3000,
        }
        return {name: value for name, value in (claims | changes).items() if value is not None}

    def ask_for_token(
        self, claims: dict[str, Any] | None = None, *, key: Any = None, algorithm: str = "ES256", kid: str | None = None
    ) -> Answer:
        assertion = jwt.encode(
            claims or self.claims(),
            key or self.credentials.private_key_pem,
            algorithm=algorithm,
            headers={"kid": kid or self.credentials.certificate_id},
        )
        return self.post_token(
            grant_type="client_credentials", client_assertion_type=ASSERTION_TYPE, client_assertion=assertion
        )

    def post_token(self, **form: str) -> Answer:
        found = self.pool.request("POST", self.base_url + TOKEN_PATH, fields=form, encode_multipart=False)
        return Answer(found.status, dict(found.headers), found.data)

    def sign_in(self) -> None:
        answer = self.ask_for_token()
        assert answer.status == 200, answer.body
        self.bearer = answer.json["access_token"]

    def authorization(self, url: str, **changes: Any) -> str:
        if self.tba is None:
            if not self.bearer:
                self.sign_in()
            return f"Bearer {self.bearer}"
        return tba_header("POST", url, self.tba, **changes)

    def ask(
        self,
        sql: str,
        *params: Any,
        limit: int | str = 1000,
        offset: int | str = 0,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        path = f"{QUERY_PATH}?limit={limit}&offset={offset}"
        body = json.dumps({"q": sql, "params": params} if params else {"q": sql}).encode()
        sent = {"Prefer": "transient", "Content-Type": "application/json"}
        sent |= {"Authorization": self.authorization(self.base_url + path)} if not headers else {}
        return self.send("POST", path, body, sent | (headers or {}))

    def every(self, sql: str, limit: int = 1000) -> list[dict[str, Any]]:
        """All pages of a query, by offset."""
        items: list[dict[str, Any]] = []
        offset = 0
        while True:
            answer = self.ask(sql, limit=limit, offset=offset)
            assert answer.status == 200, answer.body
            items += answer.items
            if not answer.json["hasMore"]:
                return items
            offset += limit


def tba_header(method: str, url: str, token: TokenCredentials, **changes: Any) -> str:
    options = {
        "realm": token.account,
        "signature_method": SIGNATURE_HMAC_SHA256,
        "nonce": uuid.uuid4().hex,
        "timestamp": str(int(time.time())),
    } | changes
    client = OAuthClient(token.consumer_key, token.consumer_secret, token.token_id, token.token_secret, **options)
    return client.sign(url, method)[1]["Authorization"]


def by_certificate(simulator: Simulator, account: SimulatedAccount) -> Caller:
    return Caller(simulator.base_url(account.id), account.credentials)


def by_token(simulator: Simulator, account: SimulatedAccount) -> Caller:
    return Caller(simulator.base_url(account.id), account.credentials, tba=account.credentials.token)
