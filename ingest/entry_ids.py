"""DOI and arXiv identifiers of a bibliography entry, normalised."""

from __future__ import annotations

import re
from urllib.parse import unquote

from ingest.entry_urls import continues, trim

# Old DOIs of Wiley hold a pair of angle brackets: 10.1002/(SICI)1097-4636(199823)43:3<338::AID-JBM16>3.0.CO;2-B
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/(?:<[\d:]+AID-[^>\s]*>|[^\s\"<>“”，。；\ue000])+", re.IGNORECASE)
_AFTER_DOI = re.compile(r"(?:[.,;]?\s*\[?(?:PMID|PMCID|Epub|Available|https?:)|/(?:full|abstract|pdf|epdf|html)$|\.pdf$).*", re.I | re.S)
_TOKEN = re.compile(r"(\s+)([^\s\"<>“”]+)")
_ARXIV = re.compile(
    r"(?:arxiv(?:\.org/(?:abs|pdf|html)/|\s*[:.,]?\s*(?:preprint\s*)?(?:arxiv\s*)?[:.,]?\s*(?:vol\.\s*)?(?:abs/)?)|\babs/)"
    r"(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?!\d)",
    re.IGNORECASE,
)


def find_doi(text: str) -> str | None:
    """The first DOI, without resolver, prefix and trailing punctuation; the case is kept as printed."""
    match = _DOI.search(text)
    if match is None:
        return None
    found, end = match[0], match.end()
    while (token := _TOKEN.match(text, end)) and continues(found, token[2], last=not text[token.end() :].strip()):
        found, end = found + token[2], token.end()
    if "http" in text[max(0, match.start() - 300) : match.start()].rsplit(None, 1)[-1:] or _in_url(text, match.start()):
        found = re.split(r"[?#&]", found)[0]
    return trim(_AFTER_DOI.sub("", unquote(trim(found))))


def _in_url(text: str, position: int) -> bool:
    words = text[:position].split()
    return bool(words) and not text[position - 1].isspace() and "://" in words[-1]


def find_arxiv(text: str) -> str | None:
    """The arXiv identifier without its version: "2103.03874", or "hep-th/9901001" in the old form."""
    match = _ARXIV.search(text)
    return match[1] if match else None
