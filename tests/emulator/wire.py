"""A bare HTTP client for these tests: no retries, no rules, every status comes back."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import requests

TENANT = "2f1c6f0e-5a3b-4d0c-9a57-0f6f6a1f4b11"
RESOURCE = "https://api.partnercenter.microsoft.com"
CONTOSO = "3c7a1f52-8b1e-4d0a-9f64-1d2e3f405162"
PREMIUM = "CFQ7TTC0LCHC:0002"
E3 = "CFQ7TTC0LFLX:0001"
SPB = "cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46"
TEAMS1 = "57ff2da0-773e-42df-b2af-ffb7a2317929"


class Wire:
    """One emulator on a socket; `at` is the path of the customer contoso."""

    at = f"/v1/customers/{CONTOSO}"

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False
        self.tokens: dict[str, str] = {}

    def seed(self, **world: Any) -> None:
        """Replace the world; tokens are asked for anew."""
        answer = self.control("POST", "seed", world)
        assert answer.status_code == 200, answer.text
        self.tokens.clear()

    def contoso(self, settings: dict[str, Any] | None = None, **words: Any) -> None:
        """Replace the world by one with a single customer."""
        customer = {"id": CONTOSO, "domain": "contoso.onmicrosoft.com", "country": "DE", **words}
        self.seed(settings=settings or {}, customers=[customer])

    def control(self, method: str, path: str, json: Any = None) -> requests.Response:
        return self.session.request(method, f"{self.url}/_emulator/{path}", json=json)

    def advance(self, span: str) -> None:
        answer = self.control("POST", "clock", {"advance": span})
        assert answer.status_code == 200, answer.text
        self.tokens.clear()

    def sign_in(self, form: dict[str, str], version: str = "/v2.0") -> requests.Response:
        address = f"{self.url}/{TENANT}/oauth2{version}/token"
        return self.session.post(address, data={"client_id": "pcsync", **form})

    def token(self, kind: str) -> str:
        if kind not in self.tokens:
            form = {"client_secret": "emulator", "scope": f"{RESOURCE}/.default"}
            if kind == "user":
                form |= {"grant_type": "refresh_token", "refresh_token": "emulator-user"}
            else:
                form |= {"grant_type": "client_credentials"}
            self.tokens[kind] = self.sign_in(form).json()["access_token"]
        return self.tokens[kind]

    def send(
        self,
        method: str,
        path: str,
        json: Any = None,
        token: str | None = "user",
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> requests.Response:
        given = dict(headers or {})
        if token:
            given.setdefault("Authorization", f"Bearer {self.token(token)}")
        if method not in ("GET", "HEAD"):
            given.setdefault("MS-RequestId", str(uuid4()))
        return self.session.request(method, self.url + path, json=json, headers=given, **more)

    def get(self, path: str, **more: Any) -> Any:
        """The parsed body of a GET that must work."""
        answer = self.send("GET", path, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, method: str, path: str, json: Any = None, **more: Any) -> tuple[int, Any]:
        """Status and code of a call that must not work."""
        answer = self.send(method, path, json, **more)
        assert answer.status_code >= 400, answer.text
        return answer.status_code, answer.json()["code"]

    def calls(self) -> list[dict[str, Any]]:
        answer: list[dict[str, Any]] = self.control("GET", "calls").json()
        return answer

    def subscription(self, number: int = 0) -> dict[str, Any]:
        """The customer's n-th subscription as read by id."""
        listed = self.get(f"{self.at}/subscriptions")["items"][number]
        found: dict[str, Any] = self.get(f"{self.at}/subscriptions/{listed['id']}")
        return found

    def patch(self, body: dict[str, Any], number: int = 0) -> requests.Response:
        """PATCH the customer's n-th subscription with exactly this body."""
        listed = self.get(f"{self.at}/subscriptions")["items"][number]
        return self.send("PATCH", f"{self.at}/subscriptions/{listed['id']}", body)

    def edit(self, number: int = 0, **changes: Any) -> requests.Response:
        """PATCH the whole subscription as read, with these changes."""
        return self.patch({**self.subscription(number), **changes}, number)

    def seats(self) -> dict[str, dict[str, Any]]:
        """subscribedSkus by part number."""
        rows = self.get(f"{self.at}/subscribedskus?licenseGroupIds=Group1,Group2")["items"]
        return {row["productSku"]["skuPartNumber"]: row for row in rows}

    def item(self, product: str = PREMIUM) -> str:
        """The catalogue item id that is sold today."""
        product_id, _, sku = product.partition(":")
        path = f"{self.at}/products/{product_id}/skus/{sku}/availabilities"
        return str(self.get(path)["items"][0]["catalogItemId"])

    def line(self, product: str = PREMIUM, **more: Any) -> dict[str, Any]:
        line = {
            "catalogItemId": self.item(product),
            "quantity": 5,
            "billingCycle": "monthly",
            "termDuration": "P1Y",
        }
        return line | more

    def cart(self, *lines: dict[str, Any]) -> Any:
        body = {"partnerOnRecordAttestationAccepted": True, "lineItems": list(lines)}
        answer = self.send("POST", f"{self.at}/carts", body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def buy(self, *lines: dict[str, Any]) -> Any:
        cart = self.cart(*lines)
        answer = self.send("POST", f"{self.at}/carts/{cart['id']}/checkout")
        assert answer.status_code == 201, answer.text
        return answer.json()
