"""How fast manifests are read, measured against what libyaml alone needs on the same machine."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time
from typing import Any

import pytest
import yaml

MOST_TIMES_LIBYAML = 10
SUBSCRIPTIONS = [
    ("m365", "CFQ7TTC0LCHC:0002"),
    ("copilot", "CFQ7TTC0MM8R:0001"),
    ("mail", "CFQ7TTC0LH16:0001"),
    ("f3", "CFQ7TTC0LH05:0001"),
    ("power-bi", "CFQ7TTC0LHSF:0001"),
]


def document(number: int) -> str:
    """A customer with 20 users of two licences each and 5 subscriptions."""
    lines = ["apiVersion: pcsync/v1", "kind: Customer", f"metadata: {{name: c{number}}}", "spec:"]
    lines += [f"  domain: c{number}.onmicrosoft.com", "  subscriptions:"]
    for name, product in SUBSCRIPTIONS:
        lines += [f"    - name: {name}", f"      product: {product}", "      termDuration: P1Y"]
        lines += ["      billingCycle: monthly", "      quantity: 25", "      endOfTerm: renew"]
    lines.append("  users:")
    for user in range(20):
        lines += [f"    - userPrincipalName: u{user}@c{number}.onmicrosoft.com"]
        lines += [f"      displayName: User {user}", "      firstName: Ana", "      lastName: Noe"]
        lines += ["      usageLocation: PL", "      licenses: [m365, copilot]"]
    return "\n".join(lines) + "\n"


def quickest(run: Callable[[], object]) -> float:
    """Seconds of CPU, the best of four."""
    times = []
    for _ in range(4):
        start = process_time()
        run()
        times.append(process_time() - start)
    return min(times)


@pytest.mark.bench
def test_a_hundred_customers(estate: Any) -> None:
    texts = {f"c{number}.yaml": document(number) for number in range(100)}
    estate.write(texts)
    assert len(estate.load().resources) == 100 * (1 + 5 + 20 + 40)
    alone = quickest(lambda: [yaml.load(t, Loader=yaml.CSafeLoader) for t in texts.values()])
    assert quickest(estate.load) < MOST_TIMES_LIBYAML * alone
