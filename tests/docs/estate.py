"""The 300 customer files of `examples/estate`: `python -m tests.docs.estate` writes them anew."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

ESTATE = Path(__file__).resolve().parents[2] / "examples" / "estate"

HEAD = """\
apiVersion: pcsync/v1
kind: Customer
metadata: {{name: {name}, labels: {{tier: {tier}, market: {market}, wave: "{wave}"}}{more}}}
spec:
  extends: [{extends}]
  domain: {domain}
"""
UNREAD = """\
  tenantId: {id}
"""
OWN = """\
  subscriptions:
    - {name: m365, billingCycle: monthly}
"""
BERGMANN = """\
  subscriptions:
    - {name: m365, quantity: 42, billingCycle: monthly}
    - {name: f3, omit: true}
"""
SUSPENDED = """\
  subscriptions:
    - {name: m365, state: suspended}
"""
POOLED = """\
  seatPools:
    SPB: {follow: assignments, spare: 1, fill: [core, flex]}
  subscriptions:
    - name: core
      product: CFQ7TTC0LCHC:0002
      termDuration: P1Y
      billingCycle: annual
      quantity: 20
      endOfTerm: renew
    - name: flex
      product: CFQ7TTC0LCHC:0002
      termDuration: P1M
      billingCycle: monthly
      quantity: {min: 0, max: 30}
      endOfTerm: renew
    - {name: f3, omit: true}
"""
EXTRA = {"own": OWN, "suspended": SUSPENDED, "pooled": POOLED}


def world_module() -> ModuleType:
    """`examples/estate/world.py`, which lies in no package."""
    spec = importlib.util.spec_from_file_location("estate_world", ESTATE / "world.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _office(firm: Any) -> bool:
    return firm.kind not in {"frontline", "pooled"} and firm.name != "zander"


def files() -> dict[Path, str]:
    """Path -> text of every customer's file."""
    found = {}
    for firm in world_module().firms():
        extends = "office" if _office(firm) else "frontline"
        own = firm.name == "bergmann"
        head = HEAD.format(
            name=firm.name,
            tier=["gold", "silver", "bronze"][firm.wave % 3],
            market=firm.market,
            wave=firm.wave,
            more=", annotations: {ticket: CHG-20650}" if own else "",
            extends="office, frontline" if own else extends,
            domain=firm.domain,
        )
        path = ESTATE / "customers" / firm.name[0] / f"{firm.name}.yaml"
        pinned = UNREAD.format(id=uuid5(NAMESPACE_DNS, firm.domain))
        extra = {**EXTRA, "unread": pinned}
        found[path] = head + (BERGMANN if own else extra.get(firm.kind, ""))
    return found


if __name__ == "__main__":
    for where, text in files().items():
        where.parent.mkdir(exist_ok=True)
        where.write_text(text, "utf-8")
