"""Clients that others wrote, from the registry: they create, list, change and read.

They pin old libraries, so they live in an environment of their own (build/clients, installed from
foreign/requirements.txt) and run as programs; without it these tests are skipped.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from .wire import CONTOSO, SPB, Wire

HERE = Path(__file__).parent / "foreign"
PYTHON = Path(__file__).parents[2] / "build" / "clients" / "bin" / "python"
KIM = "11111111-1111-4111-8111-111111111111"
HELPDESK = "729827e3-9c14-49f7-bb1b-9608f156bbb8"
UNKNOWN = yaml.safe_load((HERE / "unknown.yaml").read_text("utf-8"))

pytestmark = pytest.mark.skipif(
    not PYTHON.exists(), reason="the foreign clients are not installed (make clients)"
)


@pytest.fixture(autouse=True)
def world(pc: Wire) -> None:
    pc.contoso(
        companyName="Contoso",
        budget=100,
        seats=[{"sku": "SPB", "total": 5}],
        users=[
            {
                "id": KIM,
                "userPrincipalName": "kim@contoso.onmicrosoft.com",
                "displayName": "Kim Akers",
                "roles": ["Helpdesk Administrator"],
            }
        ],
        subscriptions=[{"product": "CFQ7TTC0LCHC:0002", "quantity": 5}],
    )


def run(pc: Wire, client: str) -> dict[str, Any]:
    """What the program read; the members it does not know have to be the listed ones."""
    known = {
        "url": pc.url,
        "token": pc.token("user"),
        "customer": CONTOSO,
        "user": KIM,
        "sku": SPB,
        "role": HELPDESK,
    }
    done = subprocess.run(
        [PYTHON, HERE / f"{client}.py"],
        input=json.dumps(known),
        capture_output=True,
        text=True,
        timeout=60,
        env={"NO_PROXY": "127.0.0.1,localhost", "PYTHONWARNINGS": "ignore"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    assert result["unknown"] == sorted(UNKNOWN[client])
    return result


def test_generated_client(pc: Wire) -> None:
    """partnercenterservices 0.1.2, generated from the service's Swagger of 2018."""
    found = run(pc, "generated_client")
    assert found["customers"] == {
        "listed": ["contoso.onmicrosoft.com"],
        "read": "Contoso",
        "profile": "Contoso Europe",
        "budget": 250.5,
    }
    assert found["people"] == {
        "patched": ["Pat", "Pat Coleman"],
        "assigned": [SPB],
        "licences": ["SPB"],
        "roles": ["Helpdesk Administrator"],
        "members": [KIM],
        "users": ["Kim Akers", "Pat Coleman"],
    }
    assert found["purchases"] == {
        "renamed": "head office",
        "renews": True,
        "seats": 5,
        "order": True,
    }


def test_what_the_generated_client_did_is_there(pc: Wire) -> None:
    run(pc, "generated_client")
    assert pc.get(f"{pc.at}/usagebudget")["amount"] == 250.5
    assert pc.get(f"{pc.at}/profiles/billing")["companyName"] == "Contoso Europe"
    assert pc.subscription()["friendlyName"] == "head office"
    kinds = [row["operationType"] for row in pc.get("/v1/auditrecords")["items"]]
    assert kinds == [
        "update_subscription",
        "delete_customer_user",
        "update_customer_user_licenses",
        "update_customer_user",
        "create_customer_user",
        "update_customer_spending_budget",
        "update_customer_partner_contract_company_name",
        "update_customer_billing_profile",
    ]


def test_tools_client(pc: Wire) -> None:
    """ms-partner-tools 0.1.1, written by hand in 2022; reads only what it can here."""
    found = run(pc, "tools_client")
    assert found["customers"] == ["Contoso"]
    assert found["invitation"].startswith("https://admin.microsoft.com/")
