"""What a session that may only read can send: the closed list of rule SE1 (domain-rules.md).

Owns the decision, pure. The door asks it before each request. Must not import anything of pcsync.
"""

from __future__ import annotations

import re

READS = frozenset({"GET", "HEAD"})

# POSTs that store nothing. An id is a GUID's characters only, so that no dot segment, escape or
# second slash can make the service see another path than the one that was checked.
HARMLESS = re.compile(
    r"/v1/(?:"
    r"validations/address"
    r"|customers/[0-9a-z-]+/promotionEligibilities"
    r"|extensions/product/checkInventory"
    r")(?:\?[^#]*)?",
    re.IGNORECASE | re.ASCII,
)


def is_read(method: str, path: str) -> bool:
    """Whether the request stores nothing: GET, HEAD and the three POSTs of rule SE1."""
    return method in READS or (method == "POST" and HARMLESS.fullmatch(path) is not None)
