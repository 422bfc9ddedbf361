"""Addresses inside a bibliography entry: found, put together again where a line break tore them, text fragment read.

An address is repaired only where the tear is certain; a word that merely follows an address is never swallowed.
"""

from __future__ import annotations

import html
import re
from typing import NamedTuple
from urllib.parse import unquote


class Link(NamedTuple):
    """An address in an entry. ``[start, end)`` in code points of the entry covers brackets and link text too.

    ``text`` is what a Markdown or HTML link shows, None for a plain address.
    """

    start: int
    end: int
    url: str
    repaired: bool
    text: str | None = None


_BODY = r"(?:<[\d:]+AID-[^>\s]*>|[^\s<>\"“”„«»‹›，。；、）】》|])+"
_LABELLED = re.compile(
    r"\[(?P<text>(?:[^\[\]]|\[[^\[\]]*\])*)\]\(\s*<?(?P<url>(?:https?://|www\.)(?:[^\s()<>]|\([^\s()]*\))*)>?"
    r"(?:\s+\"[^\"]*\")?\s*\)"
    r"|<a\s[^>]*href=[\"'](?P<href>[^\"']+)[\"'][^>]*>(?P<shown>.*?)</a>",
    re.IGNORECASE | re.DOTALL,
)
_ANGLE = re.compile(r"<\s*((?:https?|ftp):\s*//[^<>]*?)\s*>", re.IGNORECASE)
_SCHEME = re.compile(r"(?<![A-Za-z])(?:https?|ftp)\s*:\s*/\s*/\s*", re.IGNORECASE)
_TOP = "com|org|net|edu|gov|int|mil|info|io|ai|app|dev|me|tv|eu|uk|us|de|fr|at|ch|nl|be|it|es|pt|pl|cz|se|no|dk|fi|ie|ca|au|nz|in|cn|jp|kr|br|mx|ru|za|ly|gl|be"
_SCHEMELESS = re.compile(rf"(?<![\w@./:-])(?:www\.(?=\w)|(?:[a-z0-9-]+\.)+(?:{_TOP})/)", re.IGNORECASE)
_TOKEN = re.compile(r"(\s+)(" + _BODY + ")")
_TAIL_AFTER_ANGLE = re.compile(r"\s+(?:<sup>\s*)?([a-z0-9%][\w%.,;/~!*'()&=+-]*)(?:\s*</sup>)?\s*$")
_OPEN_END = "/-_=?&%#~"


def find_links(raw: str) -> tuple[Link, ...]:
    """All addresses of an entry in reading order; link text is kept with labelled ones."""
    links: list[Link] = []
    for pattern, make in ((_LABELLED, _labelled), (_ANGLE, _angle), (_SCHEME, _plain), (_SCHEMELESS, _plain)):
        for match in pattern.finditer(raw):
            if not any(link.start < match.end() and match.start() < link.end for link in links):
                link = make(raw, match)
                if link is not None:
                    links.append(link)
    return tuple(sorted(links))


def _labelled(raw: str, match: re.Match[str]) -> Link | None:
    url = match["url"] or match["href"]
    text = match["text"] if match["url"] else match["shown"]
    if "://" not in url and not url.startswith("www."):
        return None
    return Link(match.start(), match.end(), *_finish(url), text)


def _angle(raw: str, match: re.Match[str]) -> Link:
    url, end, repaired = match[1], match.end(), False
    # A footnote torn by its line's end: "...its%20excepti>" and below it "onally%20low", alone.
    tail = _TAIL_AFTER_ANGLE.match(raw, end)
    if tail:
        url, end, repaired = url + tail[1], tail.end(), True
    joined = re.sub(r"\s+", "", url)
    finished, mended = _finish(joined)
    return Link(match.start(), end, finished, repaired or mended or joined != match[1] and not tail)


def _plain(raw: str, match: re.Match[str]) -> Link | None:
    start, end = match.start(), match.end()
    body = re.match(_BODY, raw[end:])
    if body is None and "//" in match[0]:
        return None
    if body is not None:
        end += body.end()
    head = re.sub(r"\s+", "", raw[start:end])
    repaired = head != raw[start:end]
    while (token := _TOKEN.match(raw, end)) and continues(head, token[2], last=not raw[token.end() :].strip()):
        head, end, repaired = head + token[2], token.end(), True
    kept = trim(head)
    if len(kept) <= len("https://"):
        return None
    finished, mended = _finish(kept)
    return Link(start, end - (len(head) - len(kept)), finished, repaired or mended)


def continues(head: str, token: str, *, last: bool) -> bool:
    """Whether ``token``, which follows an address or DOI after a blank, certainly belongs to it.

    ``last`` says that nothing follows the token in the entry.
    """
    bare = token.rstrip(".,;:)]")
    if not bare or "://" in token or token.startswith("www.") or not re.match(r"[\w%/.(=&?#~-]", token):
        return False
    linklike = bool(re.search(r"[/=&%_?]|\w\.\w|\w-\w", bare))
    host_open = re.fullmatch(r"\w+://[\w.-]*\.", head) is not None  # "https://doi." + "org/10.1016/..."
    if host_open:
        return re.match(r"[a-z]{2,}(?:/|$)", bare) is not None
    if re.search(r"(?:^|/)10\.\d{4,9}(?:/\S*[./:(_-]|/)$", head):  # a DOI torn behind its own punctuation
        plain_year = re.fullmatch(r"(?:19|20)\d\d", bare) is not None
        return re.search(r"\d", bare) is not None and ("." not in head[-1] or last or not plain_year and linklike)
    if head[-1] in _OPEN_END:
        return linklike and not bare[0].isupper() or last and bare[0].islower() and bare.isalnum()
    if head[-1] == "." and re.match(r"[a-z]{2,}/", bare):  # "https://imco.org." + "mx/wp-content/..."
        return True
    # Torn without any sign, "10.1016/j.chemospher" + "e.2014.06.078": only at the very end and only if it is no word.
    return last and re.fullmatch(r"[a-z0-9]*[./_%=-][\w./%=&-]*\d[\w./%=&-]*", bare) is not None


def trim(address: str) -> str:
    """Without the punctuation that the sentence put behind an address; brackets stay where they are balanced."""
    while address:
        last = address[-1]
        unbalanced = last in ")]}" and address.count(last) > address.count("([{"[")]}".index(last)])
        if not unbalanced and last not in ".,;:!?'’\"*`\\" and not address.endswith("&gt"):
            break
        address = address[:-1]
    return address


def _finish(url: str) -> tuple[str, bool]:
    """The address with Markdown escapes and entities undone and a scheme in front; whether anything was mended."""
    url = re.sub(r"\\([_*#&~%$-])", r"\1", html.unescape(url.strip()))
    if re.match(r"(?:https?|ftp)://", url, re.IGNORECASE):
        return url, False
    return "http://" + url, True


def split_text_fragment(url: str) -> tuple[str, str | None]:
    """The address without its ``:~:`` directive, and what its text fragments quote, percent-decoded once.

    ``start,end`` quotes a range, shown as "start … end"; ``prefix-,`` and ``,-suffix`` are context, not quotation.
    """
    address, found, directive = url.partition(":~:")
    if not found:
        return url, None
    quotes = [_quoted(part[5:]) for part in directive.split("&") if part.startswith("text=")]
    return address.removesuffix("#"), " … ".join(quote for quote in quotes if quote) or None


def _quoted(directive: str) -> str:
    parts = directive.split(",")
    if len(parts) > 1 and parts[0].endswith("-"):
        del parts[0]
    if len(parts) > 1 and parts[-1].startswith("-"):
        del parts[-1]
    return " … ".join(text for part in parts if (text := unquote(part).strip()))
