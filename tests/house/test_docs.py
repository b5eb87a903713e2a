"""Docs are complete and true: errors, sources, links, glossary, and every command they show."""

from __future__ import annotations

import re
from pathlib import Path

from tests.house.tree import PACKAGE, ROOT
from yunzhang.cli.verbs import VERBS

DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
CITED = re.compile(r"\[(S\d+)\]")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


def test_every_cited_source_is_listed() -> None:
    listed = set(re.findall(r"^\| (S\d+) \|", (ROOT / "docs" / "sources.md").read_text("utf-8"), re.MULTILINE))
    for file in [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.yaml"), *PACKAGE.rglob("*.md"), *DOCS]:
        missing = set(CITED.findall(file.read_text("utf-8"))) - listed
        assert not missing, f"{file.relative_to(ROOT)} cites {sorted(missing)}"


def test_every_link_leads_somewhere() -> None:
    for file in [*DOCS, *PACKAGE.rglob("README.md")]:
        for target in LINK.findall(file.read_text("utf-8")):
            assert (file.parent / target).exists(), f"{file.relative_to(ROOT)} -> {target}"


def test_one_identifier_is_one_idea() -> None:
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \| ([a-z_, ]+) \|", glossary(), re.MULTILINE)
    names = [name.strip() for term, names in rows if term != "Term" for name in names.split(",")]
    assert len(rows) >= 88
    assert sorted(names) == sorted(set(names)), [name for name in names if names.count(name) > 1]


def glossary() -> str:
    return (ROOT / "docs" / "glossary.md").read_text("utf-8")


def test_the_glossary_knows_the_words_of_the_code() -> None:
    from yunzhang.base.clock import add_working_days
    from yunzhang.ground.ledger.terms import Loop

    assert {"creditor", "debtor", "axis", "relation"} <= set(Loop.__dataclass_fields__)
    assert add_working_days
    for word in ("loop", "entry", "creditor", "debtor", "handled_by", "relation", "axis", "working_day"):
        assert f"| {word} |" in glossary()


def test_every_verb_is_shown_in_the_docs_and_every_one_shown_exists() -> None:
    text = "\n".join(file.read_text("utf-8") for file in DOCS)
    shown = set(re.findall(r"yunzhang ([a-z]+)\b", text))
    assert set(VERBS) <= shown | {"demo", "import"}, f"undocumented: {sorted(set(VERBS) - shown)}"
    commands = {line.split()[2] for line in re.findall(r"^\$ yunzhang .*$", text, re.MULTILINE)}
    assert commands <= set(VERBS)


def test_decisions_are_numbered_without_gaps_and_one_page_long() -> None:
    files = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(file.name[:4]) for file in files] == list(range(1, len(files) + 1))
    for file in files:
        text = file.read_text("utf-8")
        assert len(text.splitlines()) <= 50
        for part in ("**Context.**", "**Choice.**", "**What would change our mind.**"):
            assert part in text, f"{file.name}: {part}"


def test_pictures_named_in_the_docs_are_there() -> None:
    for file in DOCS:
        for target in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", file.read_text("utf-8")):
            assert (Path(file).parent / target).stat().st_size > 10_000
