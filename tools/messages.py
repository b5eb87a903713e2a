"""Collects the Chinese texts of code and templates into the English catalogue, and checks that none lacks English.

`python tools/messages.py` merges new texts into django.po and lists the untranslated; `--check` changes nothing and
fails on missing, empty, obsolete or ill-formed English. The catalogue is sorted by text: two branches rarely collide.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "yunzhang"
CATALOGUE = PACKAGE / "web" / "locale" / "en" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop", "zh")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
}
HAN = re.compile(r"[\u3400-\u9fff]")
PLACE = re.compile(r"%\((\w+)\)[.\d]*[sdf]|%%|%[sd]")
HALF_WIDTH = re.compile(r"[\u3400-\u9fff][,;:?!]|[,;?!][\u3400-\u9fff]")
Text = str | tuple[str, str]


def texts() -> Iterator[tuple[Text, str, str | None]]:
    """Yield every text, where it stands, and its context."""
    for file in sorted(PACKAGE.rglob("*.py")):
        if "migrations" not in file.parts:
            yield from extracted(file.read_bytes(), file)
    for file in sorted(PACKAGE.rglob("templates/**/*.*")):
        if file.is_file():
            source = templatize(file.read_text("utf-8"), origin=str(file))
            yield from extracted("\n".join(line.lstrip() for line in source.splitlines()).encode(), file)


def extracted(source: bytes, file: Path) -> Iterator[tuple[Text, str, str | None]]:
    """Yield the texts of one source."""
    for line, function, found, _ in extract_python(io.BytesIO(source), list(KEYWORDS), [], {"encoding": "utf-8"}):
        where = f"{file.relative_to(ROOT)}:{line}"
        parts = [found] if isinstance(found, str) else [part for part in found or () if part]
        if not parts:
            continue
        if function.startswith("pgettext"):
            yield parts[1], where, parts[0]
        elif function.startswith("ngettext") and len(parts) > 1:
            yield (parts[0], parts[1]), where, None
        else:
            yield parts[0], where, None


def read_catalogue() -> Catalog:
    """Return the English catalogue as it stands, or an empty one."""
    if not CATALOGUE.exists():
        return Catalog(locale="en")
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en")


def merged(old: Catalog) -> Catalog:
    """Return a catalogue of exactly the texts in use, with the English known so far."""
    new = Catalog(locale="en", fuzzy=False, header_comment="# English catalogue; made by tools/messages.py.")
    for text, where, context in texts():
        known = old.get(text[0] if isinstance(text, tuple) else text, context)
        new.add(text, known.string if known and fits(text, known.string) else "", context=context)
        new.get(text[0] if isinstance(text, tuple) else text, context).auto_comments = [where.rpartition(":")[0]]
    return new


def fits(text: Text, english: object) -> bool:
    """Return whether a translation has the shape of its text: one, or one and many."""
    return isinstance(english, tuple) == isinstance(text, tuple)


def write_catalogue(catalogue: Catalog) -> None:
    """Write the catalogue, sorted, without places and times that would change at every run."""
    out = io.BytesIO()
    write_po(out, catalogue, sort_output=True, no_location=True, omit_header=True, width=0)
    header = (
        '# English catalogue of the interface; made by tools/messages.py.\nmsgid ""\nmsgstr ""\n'
        '"Language: en\\n"\n"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
    )
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    CATALOGUE.write_bytes(header.encode() + out.getvalue())


def faults(catalogue: Catalog) -> list[str]:
    """Return what is wrong with the English of the texts in use."""
    return [f"{kind}: {message.id!r}" for message in catalogue if message.id and (kind := fault(message))]


def fault(message: Message) -> str:
    """Return what is wrong with one translation, or ""."""
    english = message.string if isinstance(message.string, tuple) else (message.string,)
    chinese = message.id if isinstance(message.id, tuple) else (message.id,)
    if not all(english):
        return "no English"
    if any(HAN.search(text) for text in english):
        return "Chinese in the English"
    if any(set(PLACE.findall(text)) != set(PLACE.findall(chinese[0])) for text in english):
        return "other places than in the Chinese"
    if any(HALF_WIDTH.search(PLACE.sub("", text)) for text in chinese):
        return "half-width punctuation in the Chinese"
    return ""


def main() -> int:
    """Merge or check."""
    old = read_catalogue()
    new = merged(old)
    found = faults(new)
    if "--check" not in sys.argv:
        write_catalogue(new)
    else:
        in_use = {(message.id, message.context) for message in new}
        found += [f"no longer used: {each.id!r}" for each in old if (each.id, each.context) not in in_use]
    sys.stdout.write("\n".join(found or ["the English catalogue is complete"]) + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
