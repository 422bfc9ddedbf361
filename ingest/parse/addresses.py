"""The addresses that links in documents lead to."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

_SCHEMES = {"http", "https", "ftp"}


def web_address(href: str) -> str | None:
    """A link's target as it can be cited: an address on the web, ``#name`` inside the document, or a relative address.

    None for what is no place to look something up (mailto, javascript, file) or no address at all. Links that Google
    Docs leads through its own server give the address that they lead to in the end.
    """
    href = re.sub(r"[\t\r\n]", "", href).strip()
    if not href.strip("#"):
        return None
    try:
        parts = urlsplit(href)
    except ValueError:  # "http://[example"
        return None
    if parts.scheme and parts.scheme.lower() not in _SCHEMES:
        return None
    if parts.path == "/url" and re.fullmatch(r"(?:www\.)?google\.[a-z.]+", parts.netloc):
        return next(iter(parse_qs(parts.query).get("q", ())), href)
    return f"https:{href}" if href.startswith("//") else href
