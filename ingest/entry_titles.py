"""Title and venue of a bibliography entry: where the one ends and the other begins."""

from __future__ import annotations

import re

from ingest.entry_names import take_names

_YEAR = r"(?:1[5-9]|20)\d\d"
# What follows the name of a journal: "2014;5(2):251-9", ", 54(3), 488", " 57, 278–284", ", vol. 5", " 14 (2014) 251".
_VOLUME = re.compile(
    rf"(?:\b{_YEAR}(?:\s\w{{3}}\.?(?:[\s-]\w+)?)?\s*;\s*\S|"
    rf"(?:,|\s)\s*(?:[Vv]ol\.?|[Vv]olume|Bd\.|Jg\.|Jahrgang|[Nn]o\.|[Nn]umber|[Ii]ssue|Heft|H\.)\s*(?:\d+|abs/)|"
    r",\s[A-Za-z]{0,2}\d+(?:[–‐-][A-Za-z]{0,2}\d+)?\.?(?=\s*(?:\ue000|$))|(?<=\s)\d+,\s*[IVXLC]+[–-]|"
    rf"(?<=[\s,])(?:\d+[A-Za-z]?)\s*\([^()]{{1,20}}\)\s*[,:(]?\s*|(?<=[\s,])\d+\s*[,:]\s*[A-Za-z]{{0,4}}\d+|,\s*pp?\.\s*\d|(?<=[\s,])\(?{_YEAR}\)?,?\s+\d+\s*[:(,])"
)
_BREAK = re.compile(r"(?<=[.?!…])[\"”’»)\]]*\s+(?=[^\Wa-z_]|[a-z]{1,5}[A-Z]|[\"“„‘«(\[¿¡\ue000])|(?<=[。！？])\s*|\s*[.．]\s*(?=[\u4e00-\u9fff])")
_CERTAIN_VOLUME = re.compile(rf"\b{_YEAR}(?:\s\w{{3}}\.?(?:\s\d+)?)?\s*;\s*\d|\d+\s*\(\d+\)\s*[:,]\s*\w?\d+\s*[–-]")
_NO_BREAK = re.compile(r"\b(?:vs|e\.g|i\.e|cf|var|spp?|subsp|ssp|approx|[Nn]o|[Nn]r|[Vv]ol)\.$")
_EDITION = re.compile(r"(?i)\W*(?:\d+(?:st|nd|rd|th|\.|ª)?|first|second|third|rev\w*\.?|\d+\., \w+)\s+(?:\w+\s+)?(?:ed\b|edn\b|edition|aufl)\w*\.?")
_ABBREVIATED = re.compile(
    r"(?:\b(?:vs|e\.g|i\.e|cf|St|Dr|Mr|Mrs|Prof|No|Nr|Vol|var|spp?|subsp|ssp|al|approx|Inc|Ltd|Corp|Co|U\.S|U\.K|ed|eds|Jr|Ph\.D|M\.Sc|bzw|Bd|Hg|Hrsg)|\b[A-Z])\.$"
)
_CLOSERS = {'"': '"”', "“": "”\"", "„": "“”\"", "«": "»", "‘": "’", "”": "”\""}
_PUBLISHED = re.compile(r"[^\Wa-z_\d][^:\d]{1,60}:\s*[^\Wa-z_\d]")
_EDITED = re.compile(r"\b(?:[Ee]ds?|[Ee]ditors?|[Hh]rsg|[Hh]g)\b\W*$")
_KIND_MARK = re.compile(r"\s*\[(?:J|M|D|C|R|S|N|P|Z|G|A|EB|DB|CP|OL)(?:/OL|/CD)?\]\s*[.,．]?\s*")


def split_title(text: str) -> tuple[str | None, str | None, str]:
    """Title, venue, and the text behind the title (where the year is looked for)."""
    text = text.lstrip(" .,:;")
    if text[:1] in _CLOSERS:
        return _quoted(text)
    mark = _KIND_MARK.search(text)
    if mark:
        return _clean(text[: mark.start()]), _venue(text[mark.end() :]), text[mark.end() :]
    inside = re.search(r"[.,?!]\s+(?:[Ii]n|IN)(?::\s+|\s+(?=[^\Wa-z_]))", text)
    if inside and inside.start() > 8:
        return _clean(text[: inside.start() + 1]), _venue(text[inside.end() :]), text[inside.end() :]
    volume = _volume(text)
    return _book(text) if volume is None else _journal(text, volume)


def _volume(text: str) -> int | None:
    """Where the volume begins. Figures inside a title ("7,12-dimethylbenz(a)anthracene") have many words behind them."""
    for match in _VOLUME.finditer(text, 8):
        if len(re.findall(r"[^\W\d_]{4,}", text[match.end() :])) <= 6:
            return match.start()
    certain = _CERTAIN_VOLUME.search(text, 8)  # a page's footer may stand behind the entry
    return certain.start() if certain else None


def _quoted(text: str) -> tuple[str | None, str | None, str]:
    """The title is the first quotation; quotation marks inside it do not end it: "The race for "AI" is over," X, 2025."""
    closers = re.escape(_CLOSERS[text[0]])
    end = re.search(rf"[,.?!…][{closers}](?=\s|$|[,.])|[{closers}](?=\s*[,.](?:\s|$)|\s*$|\s*\ue000|\s+(?:in|In)\s)", text[1:])
    if end is None:
        last = max(text.rfind(closer) for closer in _CLOSERS[text[0]])
        if last <= 0:
            return _book(text[1:])
        return _clean(text[1:last]), _venue(text[last + 1 :]), text[last + 1 :]
    after = text[1 + end.end() :]
    title = text[1 : 1 + end.end() - 1]
    return _clean(title), _venue(after), after


def _segments(text: str, *, all_breaks: bool = False) -> list[str]:
    parts: list[str] = []
    for part in _BREAK.split(text.strip()):
        if not all_breaks and parts and _NO_BREAK.search(parts[-1]):
            parts[-1] += " " + part
        elif part and part.strip(" ."):
            parts.append(part)
    return parts


def _journal(text: str, volume: int) -> tuple[str | None, str | None, str]:
    head, after = text[:volume], text[volume:]
    parts = _segments(head)
    if len(parts) < 2:
        parts = _segments(head, all_breaks=True)  # "seed borne pathogens of Aspergillus sp. Int J Agricul Technol"
    if len(parts) < 2:
        before, comma, name = head.rpartition(", ")
        if comma and name.strip() and len(before.split()) > 1:
            return _clean(before), _venue(name), name + " " + after
        return _clean(head), None, after
    venue = [parts.pop()]
    while len(parts) > 1 and _abbreviation(parts[-1], venue):
        venue.insert(0, parts.pop())
    start = head.rfind(venue[0])
    return _clean(head[:start]), _venue(" ".join(venue)), text[start:]


def _abbreviation(part: str, venue: list[str]) -> bool:
    words = part.split()
    short = part.endswith(".") and all(word[0].isupper() and not re.search(r"\d", word) for word in words)
    return short and (len(words) == 1 and len(part) <= 9 or len(words) <= 3 and len(venue[0].split()) == 1 and venue[0].endswith("."))


def _book(text: str) -> tuple[str | None, str | None, str]:
    """No volume: the title is the first sentence, or all that stands before "Place: Publisher"."""
    parts = _segments(text)
    while len(parts) > 1 and _ABBREVIATED.search(parts[0]):
        parts[:2] = [parts[0] + " " + parts[1]]
    if not parts:
        return None, None, text
    published = [at for at, part in enumerate(parts) if at and _PUBLISHED.match(part)]
    count = published[-1] if published else 1
    while count > 1 and _EDITION.fullmatch(parts[count - 1]):
        count -= 1
    rest = " ".join(parts[count:])
    others = [part for part in parts[count:] if not _EDITION.fullmatch(part)]
    return _clean(" ".join(parts[:count])), _venue(" ".join(others[:1])), rest or text


def _venue(text: str) -> str | None:
    """The name at the front of ``text``: without volume, pages, dates and what comes behind an address."""
    text = text.split("\ue000")[0].strip(" .,;:")
    text = _without_editors(re.sub(r"^(?:in|In)\b:?\s+", "", text))
    if re.match(r"(?i)arxiv\b", text):
        return text[:5]
    text = re.split(r",?\s+\(?(?:[Ee]d(?:s|ited)?|[Hh]rsg|[Hh]g)\b\.?(?:\s+(?:by|von))?\s+(?=[A-Z])", text)[0]
    volume = _VOLUME.search(text)
    text = text[: volume.start()] if volume else text
    text = re.split(
        rf",?\s*\(?(?:\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w*\.?\s+)?(?:\d{{1,2}},?\s+)?\b{_YEAR}\b|\s+\d+,\s+no\.|,\s+Article\s+ID", text
    )[0]
    text = text.strip(" .,;:(")
    if text.endswith(")") and text.count(")") > text.count("("):
        text = text[:-1].rstrip()
    return text if re.search(r"[^\W\d_]{2}", text) else None


def _without_editors(text: str) -> str:
    """"Watson R, Preedy V, Eds. Botanical Medicine. UK: CABI" is a book between its editors and its publisher."""
    names = take_names(text)
    if names is None or not _EDITED.search(text[: names.end + 1]):
        return text
    return (_segments(text[names.end :].lstrip(" .,:;")) or [""])[0]


def _clean(text: str) -> str | None:
    text = text.replace("\ue000", " ").strip(" ,;:-–—")
    text = re.sub(r"(?:\s*\[[^\[\]]{3,40}\]|\s*\((?:Version|v\.?)[^()]*\))+\.?$", "", text)
    text = re.sub(r"(?:,?\s*\(?\d+(?:st|nd|rd|th)\s+ed(?:ition|n)?\b\.?\)?|,\s*[Vv]ol\.?\s*\w+)+\W*$", "", text)
    text = re.sub(r"(?<!\.)\.$|,$", "", text.strip()).strip()
    return text if re.search(r"[^\W\d_]", text) else None
