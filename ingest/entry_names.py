"""The authors of a bibliography entry: where the list of names ends, and the names one by one, as printed."""

from __future__ import annotations

import re
from typing import NamedTuple


class Names(NamedTuple):
    """``authors`` as printed; ``end`` is the offset behind the whole list, "et al." and "(eds.)" included."""

    authors: tuple[str, ...]
    end: int
    form: str
    closed: bool


_U = "".join(chr(code) for code in range(0x41, 0x530) if chr(code).isupper())
_L = "".join(chr(code) for code in range(0x61, 0x530) if chr(code).islower())
_PARTICLE = (
    r"(?:(?:van|von|der|den|de|del|della|di|da|dos|das|do|du|la|le|el|al|bin|ibn|ter|ten|te|zu|zur|zum|vom|af|av|y|e|"
    r"Van|Von|Der|Den|De|Del|Della|Di|Da|Dos|Du|La|Le|El|Al|Abu|St\.)[ ]|[dDlL]['’]|[aAeE]l-)"
)
_WORD = rf"[{_U}](?:[{_U}{_L}'’‐‑-]*[{_L}][{_U}{_L}'’‐‑-]*)"
_CAPS = rf"[{_U}][{_U}'’‐‑-]+"
_FAMILY = rf"{_PARTICLE}{{0,3}}(?:{_WORD}|{_CAPS})(?:[ ](?:{_PARTICLE}{{0,3}}{_WORD})){{0,2}}"
_INITIAL = rf"[{_U}][{_L}]{{0,2}}\."
_INITIALS = rf"{_INITIAL}(?:[ ]?[-‐‑]?[ ]?{_INITIAL}){{0,5}}"
_BARE = rf"[{_U}]{{1,4}}(?:[-‐‑][{_U}]{{1,2}})?"
_JUNIOR = rf"(?:,?[ ](?:Jr|Sr|II|III|IV|2nd|3rd)\.?\d?(?![{_U}{_L}]))?"
_AFTER = r"(?:van|von|de|del|da|dos|di|du|la|le|den|der|ten|ter)(?:[ ](?:der|den|de|la|los|las))?"
_STOP = r"(?=\s*(?:[,.;:&(/\[\"“”‘«„\ue000]|and\b|und\b|et\b|y\b|$))"
_GIVEN = rf"{_WORD}(?:[ ](?:{_WORD}|{_INITIAL}|[{_U}](?=[ ,;/.(]|$)))*"

# The ways to write one name, from the most to the least telling.
_FORMS = {
    "inverted": rf"{_FAMILY}{_JUNIOR},[ ]?(?:{_INITIALS}(?:[ ]?[{_U}](?![{_U}{_L}'’.]))?|{_BARE}(?=[,.;:& )(]))(?:[ ]{_AFTER}(?=[,;. ]))?{_JUNIOR}",
    "bare": rf"{_FAMILY}[ ]{_BARE}{_JUNIOR}{_STOP}",
    "spaced": rf"{_FAMILY}[ ]{_INITIALS}{_JUNIOR}(?=\s*(?:[,;:&(/\ue000]|and\b|und\b|et\b|$|[{_U}“\"]))",
    "initials": rf"{_INITIALS}[ ]?{_FAMILY}{_JUNIOR}",
    "inverted-full": rf"{_FAMILY},[ ]{_GIVEN}{_JUNIOR}{_STOP}",
    "full": rf"{_WORD}(?:[ ](?:{_INITIAL}|[{_U}](?=[ ])|{_WORD}|{_AFTER})){{0,4}}[ ]{_PARTICLE}{{0,3}}(?:{_WORD}|{_CAPS}){_JUNIOR}{_STOP}",
    "han": r"[\u4e00-\u9fff]{2,4}(?=\s*(?:[,，、;；.．等]|$))",
}
_NAME = {form: re.compile(pattern) for form, pattern in _FORMS.items()}
_SEPARATOR = re.compile(r"\s*,?\s*(?:\.\s?\.\s?\.|…)\s*,?\s*(?:&\s*)?|\s*[,;、，；]\s*(?:(?:and|&|und|et|y)\s+)?|\s+(?:and|&|und|et|y)\s+|\s*/\s*")
_OTHERS = re.compile(
    r"\s*[,;.]?\s*(?:(?:and|&|und)\s+)?(?:et\s+al\b|et\s+coll\b|others\b|u\.\s?a\b|and\s+(?:other\s+)?contributors\b|等)\.?", re.I
)
_EDITORS = re.compile(
    r"\s*[,.]?\s*(?:[(\[](?:[Ee]ds?|[Hh]rsg|[Hh]g|[Ee]ditors?|[Cc]oords?|[Cc]omps?)\b\.?[)\]]"
    r"|\b(?:[Ee]ds?|[Hh]rsg|[Hh]g|[Ee]ditors?)\b\.?(?=[\s.,:]|$)(?!\s*(?:by\b|and\b|[A-Z]\.)))"
)
# Between names of the bare form: "Uma devi P", "França SdeC", "T S A", "Figueredo, YN", or a family name alone.
_LOOSE = re.compile(
    rf"[\w'’‐‑-]+(?:[ ,]{{1,2}}[\w'’‐‑-]+){{0,4}}?(?=\s*[,;]\s*(?:{_FORMS['bare']}|et al))|{_WORD}(?=\.\s)|[\w'’‐‑-]+(?:[ ][\w'’‐‑-]+){{0,3}} {_BARE}(?=\.\s)|{_WORD}[ ](?:[a-z]{{2,5}})?[{_U}][a-z]{{0,3}}[{_U}]?(?=[,.])"
)
# The forms that may stand together in one list: "Smith, John, Jane Doe, and A. B. Roe".
_MIXED = {"inverted-full": ("inverted-full", "inverted", "full", "initials"), "inverted": ("inverted", "inverted-full", "initials", "spaced"),
          "spaced": ("spaced", "inverted"),
          "full": ("full", "initials"), "initials": ("initials", "full")}


def take_names(text: str) -> Names | None:
    """The list of names that ``text`` begins with, in the form that explains it best; None if there is none."""
    found = [names for form in _NAME if (names := _take(text, form)) is not None]
    if not found:
        return None
    best = max(found, key=lambda names: (names.closed, len(names.authors), -list(_NAME).index(names.form)))
    full = next((names for names in found if names.form == "full" and re.match(r"\.\s", text[names.end :])), None)
    # "Steven G. Johnson. PyCall": not Steven with the initial G; but "Ganguli S. Neem: A therapeutic" is.
    return full if full and best.form in ("bare", "spaced") and len(best.authors) == 1 else best


def _take(text: str, form: str) -> Names | None:
    authors: list[str] = []
    position = end = 0
    while match := _match(text, position, form, first=not authors):
        authors.append(match[0].strip())
        end = match.end()
        separator = None if _OTHERS.match(text, end) else _SEPARATOR.match(text, end)
        if separator is not None:
            position = separator.end()
        elif form == "inverted" and authors[-1].endswith(".") and text[end : end + 1] == " ":
            position = end + 1  # "Dalton, R. J. Shin, D. C and Jou, W.": nothing but the full stop between names
        else:
            break
    if not authors:
        return None
    for ending in (_OTHERS, _EDITORS):
        found = ending.match(text, end)
        end = found.end() if found else end
    return Names(tuple(authors), end, form, _closed(text, end, form))


def _match(text: str, position: int, form: str, *, first: bool) -> re.Match[str] | None:
    forms = (form,) if first else _MIXED.get(form, (form,))
    found = [match for name in forms if (match := _NAME[name].match(text, position)) is not None]
    if not found and form == "bare" and not first:
        loose = _LOOSE.match(text, position)  # a name that breaks the form, between names that keep it
        return loose
    return max(found, key=lambda match: match.end(), default=None)


def _closed(text: str, end: int, form: str) -> bool:
    """Whether what stands behind the list is a way to end a list of names of this form."""
    after = text[end:]
    if form in ("full", "inverted-full", "han"):
        return bool(re.match(r"\s*[.:．]\s|\s*[,.]?\s*[“\"„«]|\s*$", after)) or text[end - 1] == "." and after.startswith(" ")
    return bool(re.match(r"\s*[.,:;(“\"„«]|\s+\S|\s*$", after))


def split_names(text: str) -> tuple[str, ...]:
    """The names of a text that is known to hold authors and nothing else; an organisation is one name."""
    text = text.strip(" ,;:-–—")
    if re.fullmatch(r"(?i)(?:ders|dies|dies\.|ibid|eadem|idem|[_—–-]+)\.?", text) or not re.search(r"[^\W\d]", text):
        return ()  # "Ders. (1999)": the author of the entry above, whom this entry does not name
    names = take_names(text)
    if names is not None and not text[names.end :].strip(" .,;:&"):
        return names.authors
    text = _EDITORS.sub("", _OTHERS.sub("", text)).strip(" ,.;:")
    parts = re.split(r"\s*;\s*", text) if ";" in text else _split_plain(text)
    return tuple(part for part in parts if part)


def _split_plain(text: str) -> list[str]:
    """Organisations and handles: split at commas and "and" only if every part could be a name of its own."""
    parts = [part for part in re.split(r"\s*,\s*(?:(?:and|&)\s+)?|\s+(?:and|&)\s+", text) if part]
    whole = all(take_names(part) or re.fullmatch(r"@?[\w.-]+(?: [\w.-]+)?", part) for part in parts)
    return parts if whole and "," in text and len(parts) > 1 else [text]
