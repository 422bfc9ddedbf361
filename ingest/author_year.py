"""Author-year citations: "(Smith 2020; Lee and Kim, 2019a, b)" and "Smith et al. (2020)".

A citation resolves only if exactly one entry of the list has its first author, its year and what else it says (second
author, letter behind the year). Everything else stays unresolved, under its label, with a finding.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.records import CitationMarker, Document, Finding, Reference, Span

_UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮİĴĶĹĻĽĿŁŃŅŇŊŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽ"
_PARTICLE = r"(?:(?:van|von|der|den|de|del|della|di|da|dos|du|la|le|el|al|bin|ten|ter|zu|zur|vom)[ ’'-])"
_WORD = rf"{_PARTICLE}*[{_UPPER}][\w’'‐-]*(?<!['’])"
_NAME = rf"(?:[{_UPPER}]\.[ -]?){{0,3}}{_WORD}(?:[ ]{_WORD}){{0,4}}"
_AND = r"(?:,?\s*(?:and|&|und|et|y|e|/)\s+|/)"
_ETAL = r"(?:,?\s+(?:et[ ]al\.?|u\.\s?a\.|and others|and colleagues|and coworkers))"
_NAMES = rf"(?P<names>{_NAME}(?:,\s+{_NAME}){{0,5}}(?:{_AND}{_NAME})?{_ETAL}?)"
_YEAR = r"(?:1[6-9]|20)\d\d"
_YEARS = rf"(?P<years>{_YEAR}[a-z]?(?:\s*(?:,|;|/|and|&|–|-)\s*(?:{_YEAR}[a-z]?|[a-z]\b))*|in press|forthcoming|n\.\s?d\.)"
_LOCATOR = r"(?:\s*[,:]\s*(?:pp?\.|S\.|ch\.|chap\.|sec\.|§)?\s*\d[\d–\-f. ]*)?"
_NARRATIVE = re.compile(rf"{_NAMES}(?:['’]s?)?\s*[(\[]\s*{_YEARS}{_LOCATOR}\s*[)\]]")
_GROUP = re.compile(rf"[(\[](?P<body>[^()\[\]]{{0,600}}?(?:{_YEAR}|in press|forthcoming)[^()\[\]]{{0,600}}?)[)\]]")
_PART = re.compile(rf"{_NAMES}['’]?s?,?\s*:?\s*\(?{_YEARS}")
_PANDOC = re.compile(r"\[(?P<body>[^\[\]]*@[\w:.#$%&+?<>~/-]+[^\[\]]*)\]|(?<![\w@])@(?P<key>[a-z][\w:-]*\d{4}[a-z]?)")
_KEY = re.compile(r"@(?P<name>[A-Za-z]+?)[_:\-]?(?P<year>\d{4})(?P<letter>[a-z]?)(?:[_:\-]\w+)?\b")
_LEAD = re.compile(r"^(?:see|cf|e\.g|also|but|in|by|as|and|the|for|of|from|after|with|to|vgl|siehe|both|while|when|since)\b\.?\s+", re.I)
_ENTRY_YEAR = re.compile(rf"(?<!\d)(?P<year>{_YEAR})(?P<letter>[a-z])?(?![\d\w])")


@dataclass(frozen=True, slots=True)
class _Entry:
    reference: Reference
    head: str  # the words before the year, folded: where the authors stand
    years: frozenset[str]  # "2020" and, with a letter, "2020a"


@dataclass(frozen=True, slots=True)
class _Claim:
    """One author-year pair as the text writes it."""

    names: tuple[str, ...]
    year: str
    et_al: bool
    key: str = ""

    @property
    def label(self) -> str:
        return self.key or f"{' & '.join(self.names)}{' et al.' if self.et_al else ''} {self.year}"


def find_author_year(
    document: Document, references: Sequence[Reference], running_text: Sequence[Span]
) -> tuple[tuple[CitationMarker, ...], tuple[Finding, ...]]:
    """The author-year markers in the given spans, with the places of their entries as numbers."""
    entries = [_read_entry(reference) for reference in references]
    markers: list[CitationMarker] = []
    findings: list[Finding] = []
    for span in running_text:
        for found, claims in _scan(document.text, span):
            marker, faults = _resolve(document, entries, found, claims)
            if marker is not None:
                markers.append(marker)
                findings.extend(faults)
    # Where nothing resolves, the parentheses hold years of other things, not citations.
    return (tuple(markers), tuple(findings)) if any(marker.numbers for marker in markers) else ((), ())


def _scan(text: str, span: Span) -> Iterator[tuple[Span, list[_Claim]]]:
    taken: list[Span] = []
    for match in _NARRATIVE.finditer(text, *span):
        names, dropped = _read_names(match["names"])
        found = Span(match.start("names") + dropped, match.end())
        taken.append(found)
        yield found, _claims(names, match["names"], match["years"])
    for match in _GROUP.finditer(text, *span):
        found = Span(*match.span())
        if any(found.overlaps(other) for other in taken):
            continue
        claims = [
            claim
            for part in _PART.finditer(match["body"])
            for claim in _claims(_read_names(part["names"])[0], part["names"], part["years"])
        ]
        if claims:
            taken.append(found)
            yield found, claims
    for match in _PANDOC.finditer(text, *span):
        found = Span(*match.span())
        claims = [
            _Claim(names=(key["name"],), year=key["year"] + key["letter"], et_al=True, key=key.group()[1:])
            for key in _KEY.finditer(match.group())
        ]
        if claims and not any(found.overlaps(other) for other in taken):
            yield found, claims


def _read_names(names: str) -> tuple[tuple[str, ...], int]:
    """The names of a citation, and how many characters of lead-in words ("See", "In") stand before them."""
    dropped = 0
    while (lead := _LEAD.match(names[dropped:])) is not None:
        dropped += lead.end()
    bare = re.sub(_ETAL + "$", "", names[dropped:])
    parts = re.split(rf"{_AND}|,\s+", bare)
    return tuple(part.strip() for part in parts if part and part.strip()), dropped


def _claims(names: tuple[str, ...], written: str, years: str) -> list[_Claim]:
    et_al = re.search(_ETAL + "$", written) is not None
    claims: list[_Claim] = []
    last = ""
    for match in re.finditer(rf"{_YEAR}[a-z]?|(?<![\w])[a-z](?![\w])", years):
        year = match.group()
        if len(year) == 1:
            if not last:
                continue
            year = last[:4] + year  # "2020a, b"
        last = year
        claims.append(_Claim(names=names, year=year, et_al=et_al))
    return claims


def _resolve(
    document: Document, entries: Sequence[_Entry], found: Span, claims: Sequence[_Claim]
) -> tuple[CitationMarker | None, list[Finding]]:
    numbers: list[int] = []
    unresolved: list[str] = []
    findings: list[Finding] = []
    bibliography = 0
    for claim in claims:
        matches = _narrowed([entry for entry in entries if _fits(entry, claim)], claim)
        if len(matches) == 1:
            numbers.append(matches[0].reference.number)
            bibliography = matches[0].reference.bibliography
            continue
        unresolved.append(claim.label)
        what = "no entry of the list" if not matches else f"{len(matches)} entries of the list"
        findings.append(
            Finding(
                code="ambiguous-marker" if matches else "dangling-marker",
                message=f"{claim.label!r} fits {what}.",
                source=document.source,
                span=found,
            )
        )
    if not claims:
        return None, []
    marker = CitationMarker(
        span=found,
        raw=document.text[slice(*found)],
        numbers=tuple(dict.fromkeys(numbers)),
        style="author-year",
        bibliography=bibliography,
        unresolved=tuple(unresolved),
    )
    return marker, findings


def _read_entry(reference: Reference) -> _Entry:
    raw = " ".join(reference.raw.split())
    years: set[str] = set()
    head_end = len(raw)
    for match in _ENTRY_YEAR.finditer(raw):
        if reference.year is not None and int(match["year"]) != reference.year and years:
            continue
        if not years or int(match["year"]) == reference.year:
            head_end = min(head_end, match.start()) if not years else head_end
            years.add(match["year"])
            if match["letter"]:
                years.add(match["year"] + match["letter"])
    if reference.year is not None:
        years.add(str(reference.year))
    authors = " ".join(reference.authors)
    return _Entry(reference=reference, head=_fold(f"{authors} | {raw[: max(head_end, 60)]}"), years=frozenset(years))


def _fits(entry: _Entry, claim: _Claim) -> bool:
    """Whether the entry has this year and begins with this first author, and names the others."""
    lettered = {year for year in entry.years if len(year) == 5}
    if claim.year not in entry.years and not (len(claim.year) == 5 and not lettered and claim.year[:4] in entry.years):
        return False
    initial, first = _split_initials(claim.names[0])
    if not _leads(entry, _fold(first)) or (initial and not _has_initial(entry, _fold(first), _fold(initial))):
        return False
    return all(re.search(rf"\b{re.escape(_surname(name))}\b", entry.head) for name in claim.names[1:])


def _leads(entry: _Entry, name: str) -> bool:
    """Whether the folded name is the first author of the entry: at its very start, save for initials."""
    start = rf"(?:^|\| )(?:[\W\d]*)(?:(?:[a-z]\W*\s+|[a-z]{{2,12}}\s+){{0,3}}?){re.escape(name)}\b"
    if re.search(start, entry.head):
        return True
    initials = "".join(word[0] for word in re.findall(r"[a-z]+", entry.head.split("|")[-1]) if word not in {"of", "the"})
    return len(name) >= 2 and name.isalpha() and " " not in name and len(name) <= 6 and initials.startswith(name)


def _split_initials(name: str) -> tuple[str, str]:
    """("A", "Weber") of "A. Weber"; the first is empty without initials."""
    match = re.match(rf"([{_UPPER}])\.[ -]?(?:[{_UPPER}]\.[ -]?)*", name)
    return (match[1], name[match.end() :]) if match else ("", name)


def _has_initial(entry: _Entry, surname: str, initial: str) -> bool:
    name = re.escape(surname)
    return re.search(rf"\b{name},? {initial}|\b{initial}[\w.]* (?:\w\. ?)*{name}\b", entry.head) is not None


def _narrowed(entries: list[_Entry], claim: _Claim) -> list[_Entry]:
    """Of several entries that fit, those that fit best: a single author where the text names one without "et al."."""
    if len(entries) < 2:
        return entries
    count = 3 if claim.et_al else len(claim.names)
    exact = [
        one
        for one in entries
        if one.reference.authors
        and (len(one.reference.authors) >= count if claim.et_al else len(one.reference.authors) == count)
    ]
    return exact if len(exact) == 1 else entries


def _surname(name: str) -> str:
    return _fold(_split_initials(name)[1]).split()[-1]


def _fold(text: str) -> str:
    """Lower case without accents, hyphens of all kinds as one."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "'").replace("‐", "-").replace("ß", "ss"))
    return "".join(char for char in plain if not unicodedata.combining(char)).casefold()
