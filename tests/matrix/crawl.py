"""A reader that follows every link it is shown, and can read what is in PDF, Word and Excel files too."""

import io
import re
import zipfile
from collections.abc import Iterable
from html import unescape
from typing import Any
from urllib.parse import urldefrag, urljoin

from django.test import Client
from pypdf import PdfReader

LINK = re.compile(r'(?:href|src|hx-get)="(/[^"]*|\?[^"]*)"')
SKIP = re.compile(r"^/(static|sign-out|lock|colours|account)\b")
MOST = 160
# What differs between two loads of the same page: secrets of the form, the end of the ledger, fresh identifiers.
VOLATILE = re.compile(
    r'name="csrfmiddlewaretoken" value="[^"]*"|name="csrf-token" content="[^"]*"|name="(uid|seq)" value="[^"]*"|\?[0-9a-f]{12}"|Ledger head[^<]*|up to entry \d+|<code>[0-9a-f…]+</code>'
    r"|[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{64}"
)


def body_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def text_of(answer: Any) -> str:
    """Everything readable of an answer, files unpacked."""
    data, kind = body_of(answer), answer.headers.get("Content-Type", "")
    if kind.startswith("application/pdf"):
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    return data.decode("utf-8", "replace") + answer.headers.get("Location", "") + answer.headers.get("Content-Disposition", "")


def steady(text: str) -> str:
    """The text without what differs each time."""
    return VOLATILE.sub("", text)


def crawl(client: Client, start: Iterable[str]) -> dict[str, str]:
    """Address → text of everything that can be reached from some addresses."""
    waiting, found = list(start), {}
    while waiting and len(found) < MOST:
        address = waiting.pop(0)
        if address in found or SKIP.match(address):
            continue
        answer = client.get(address)
        assert answer.status_code < 500, address
        found[address] = text_of(answer)
        there = answer.headers.get("Location", "")
        links = [there] if there else LINK.findall(found[address]) if "html" in answer.headers.get("Content-Type", "") else []
        waiting.extend(urldefrag(urljoin(address, unescape(link))).url for link in links)
    return found
