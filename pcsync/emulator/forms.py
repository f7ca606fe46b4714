"""Reading multipart/form-data (commerce.md 12).

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP

from pcsync.emulator.faults import Fault


@dataclass(frozen=True)
class Part:
    """One part of a form; a file has a name of its own."""

    name: str
    file: str
    content: bytes


def read(content_type: str, raw: bytes) -> list[Part]:
    """The parts of a form. 400/800002 if it is none."""
    if not content_type.lower().startswith("multipart/form-data"):
        raise Fault(400, 800002, "A multipart/form-data body is required.")
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + raw)
    if not message.is_multipart():
        raise Fault(400, 800002, "The multipart/form-data body has no parts.")
    return [
        Part(
            str(part.get_param("name", "", "content-disposition")).lower(),
            part.get_filename() or "",
            _bytes(part.get_payload(decode=True)),
        )
        for part in message.walk()
        if not part.is_multipart()
    ]


def _bytes(content: object) -> bytes:
    return content if isinstance(content, bytes) else b""
