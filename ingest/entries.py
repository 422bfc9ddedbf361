"""One bibliography entry, as printed, to its fields. What an entry does not say clearly stays None."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from ingest.entry_ids import find_arxiv, find_doi
from ingest.entry_names import split_names, take_names
from ingest.entry_titles import split_title
from ingest.entry_urls import Link, find_links, split_text_fragment


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The fields of an entry; the same names mean the same in ``index.records.Reference``."""

    title: str | None = None
    authors: tuple[str, ...] = ()
    year: int | None = None
    venue: str | None = None
    url: str | None = None
    url_repaired: bool = False
    quote: str | None = None
    doi: str | None = None
    arxiv: str | None = None


_HOLE = "\ue000"  # stands in the text where an address was
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff\ufffe"))
_LABEL = re.compile(
    r"\s*(?:[-*+•]\s+)?(?:\[\^?\d{1,4}\]\s*:?|\[[A-Z][\w+’'-]{0,12}\d{2,4}[a-z]?\]|\(\d{1,4}\)|<sup>\s*\d{1,4}\s*</sup>|"
    r"\d{1,4}[.)](?=\D)|[¹²³⁰⁴-⁹]+|\d{1,4}(?=\s*<?(?:https?:|\ue000))|\d{1,4}(?=\s*\n))\s*"
)
_YEAR = r"(?:1[5-9]|20)\d\d"
_DAY = rf"(?:\d{{1,2}}\.?\s+)?(?:\w{{3,9}}\.?\s+)?(?:\d{{1,2}},?\s+)?{_YEAR}|\d{{4}}-\d\d-\d\d|\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}"
_ACCESSED = re.compile(
    rf"[(\[]?\s*(?:(?:last\s+)?(?:accessed|retrieved|visited|checked|cited|viewed)|abgerufen|aufgerufen|(?:letzter\s+)?Zugriff|"
    rf"Stand|consulté(?:\s+le)?|访问日期|Accessed)\b[\s:]*(?:on|am|le|at)?[\s:]*"
    rf"(?:{_YEAR}\s+\w{{3}}\.?\s+\d{{1,2}}|{_YEAR}-\d\d-\d\d|{_DAY})\s*[)\].;,]?(?:\s*,?\s*from\b:?)?",
    re.IGNORECASE,
)
_NOTES = re.compile(
    r"\[Online\]\.?|(?:Available(?:\s+online)?(?:\s+(?:at|from))?|Retrieved\s+from|URL|Link|Verfügbar\s+unter|Online(?:\s+unter)?|DOI)\s*:?\s*(?=[<\[(]?\s*\ue000)"
    r"|\[?(?:PMID|PMCID|PubMed)\s*:?\s*(?:PMC)?\d+\]?|\bdoi:?\s*(?=10\.)|\[(?:CrossRef|PubMed|Google Scholar|Free Full Text|Medline)\]",
    re.IGNORECASE,
)
_DOI_TEXT = re.compile(r"[\[(]?(?:doi:?\s*)?\b10\.\d{4,9}/\S+(?:\s+[a-z0-9][\w.-]*\d[\w.-]*(?=[.\])]*\s*$))?[\])]?\.?", re.IGNORECASE)


def parse_entry(raw: str) -> Entry:
    """The fields of one entry; ``raw`` is its text as in the document, number label and line breaks included."""
    raw = raw.translate(_INVISIBLE)
    links = find_links(raw)
    link = _best_link(links)
    url, quote = split_text_fragment(link.url) if link else (None, None)
    text = _plain(raw, links)
    authors, title, venue, year = _fields(text, links)
    sources = " ".join([*(link.url for link in links), text])
    return Entry(
        title=title, authors=authors, year=year, venue=venue, quote=quote, doi=find_doi(raw) or find_doi(sources), arxiv=find_arxiv(sources),
        url=link.url if link else None, url_repaired=bool(link and link.repaired),
    )


def _best_link(links: tuple[Link, ...]) -> Link | None:
    own = [link for link in links if "doi.org/" not in link.url]
    return (own or list(links) or [None])[0]


def _plain(raw: str, links: tuple[Link, ...]) -> str:
    """The entry in one line without label, markup and notes; addresses are holes."""
    parts, position = [], 0
    for link in links:
        shown = link.text if link.text and "://" not in link.text else ""
        parts += [raw[position : link.start], shown, f" {_HOLE} "]
        position = link.end
    text = "".join([*parts, raw[position:]])
    text = _LABEL.sub("", text, count=1) if _LABEL.match(text) else text
    text = html.unescape(re.sub(r"</?(?:i|em|b|strong|sup|sub|span|p|u|a)\b[^>]*>", "", text))
    text = re.sub(r"\*{1,3}([^*\n]+)\*{1,3}", r"\1", text.replace("\\_", "_"))
    text = re.sub(r"(?<!\w)_([^_]+)_(?!\w)", r"\1", text)
    text = re.sub(r"\\([\\*_#&$%\[\](){}-])", r"\1", text)
    text = re.sub(r"(?<=\s)[´`¨¸^~˜](?=\s)", " ", text)  # an accent that a PDF set beside its letter
    return re.sub(r"\s+", " ", text).strip()


def _fields(text: str, links: tuple[Link, ...]) -> tuple[tuple[str, ...], str | None, str | None, int | None]:
    listed = _link_list(text)
    if listed is not None:
        return (), listed or None, None, None
    text = _ACCESSED.sub(" ", text)
    text = _NOTES.sub(" ", text)
    text = _DOI_TEXT.sub(" ", text)
    text = re.sub(r"\s+", " ", text).strip(" ,;")
    authors, rest, year = _split_authors(text)
    title, venue, after = split_title(rest.replace("\ue000", " \ue000 ").strip())
    return authors, title, venue, year or _year(after)


def _link_list(text: str) -> str | None:
    """The title of an entry in a list of links ("URL - title", "title - URL", "URL"), None for any other entry."""
    if text.startswith(_HOLE):
        rest = text[1:].replace(_HOLE, " ").strip()
        rest = re.sub(r"^(?:[-–—:|,]+\s+|[-–—:|,]+$)", "", rest).strip()
        return re.sub(r'^"(.*)"$|^“(.*)”$', lambda match: match[1] or match[2], rest).strip()
    match = re.fullmatch(rf"(.*\w.*?)\s+[-–—:|]+\s*{_HOLE}\s*\.?", text)
    if match and not re.search(rf"\(?{_YEAR}\)?[.,:]|\bdoi\b|Available|\[Online\]", match[1]):
        return match[1].strip()
    return None


_PAREN_YEAR = re.compile(rf"\s*,?\s*[(\[]\s*(?:c\.\s?)?(?:(?P<year>{_YEAR})[a-z]?(?:[/,–-][^()\[\]]*)?|n\.\s?d\.|o\.\s?J\.|in press|forthcoming|im Erscheinen)\s*[)\]]\s*[.:,]?\s*")
_BARE_YEAR = re.compile(rf"(?:,?\s+|\s*\.\s*)(?P<year>{_YEAR})[a-z]?\s*[.:]\s+")
_QUOTE = re.compile(r"(?:^|(?<=[\s(]))[\"“„«‘]|^”")


def _split_authors(text: str) -> tuple[tuple[str, ...], str, int | None]:
    """Authors, what follows them, and the year if it stands between the two."""
    for pattern in (_PAREN_YEAR, _BARE_YEAR):
        match = pattern.search(text)
        if match and re.search(r"[^\W\d_]{3}.*[^\W\d_]{3}", text[match.end() :]):
            before = text[: match.start()]
            if _names_only(before) or pattern is _PAREN_YEAR and _one_author(before):
                return split_names(before), text[match.end() :], int(match["year"]) if match["year"] else None
    quote = _QUOTE.search(text)
    if quote:
        before = text[: quote.start()]
        if not before or _names_only(before) or _one_author(before) and re.search(r"[,.:;]\s*$", before):
            return split_names(before), text[quote.start() :], None
    names = take_names(text)
    if names is not None and names.closed:
        return names.authors, text[names.end :].lstrip(" .,:;"), None
    return (), text, None


def _names_only(text: str) -> bool:
    names = take_names(text)
    return names is not None and not text[names.end :].strip(" .,;:&")


def _one_author(text: str) -> bool:
    """Whether a text before the year or the quoted title can be an organisation: short, and no sentence ends in it."""
    common = re.findall(r"(?<![\w'’-])[a-z]{4,}(?![\w'’-])", text)
    return len(text) < 120 and not _QUOTE.search(text) and (not re.search(r"[.?!:]\s+\S", text.rstrip(". ")) or not common)


def _year(text: str) -> int | None:
    """The year of publication in what follows the title."""
    for pattern in (rf"\b({_YEAR})[a-z]?\s*(?:\w{{3}}\.?(?:\s\d+)?)?\s*;", rf"\(\s*(?:[^()]*\s)?({_YEAR})[a-z]?\s*\)"):
        match = re.search(pattern, text)
        if match:
            return int(match[1])
    plain = re.findall(rf"(?<![\d–-])\b({_YEAR})\b(?![–‐-]\d|\d)", text)
    return int(plain[-1]) if plain else None
