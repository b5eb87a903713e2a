"""docs/codebook.md and CITATION.cff are those their one source makes; the citation is a valid one."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]


def generated() -> dict[Path, str]:
    spec = importlib.util.spec_from_file_location("codebook_page", ROOT / "tools" / "codebook.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: dict[Path, str] = module.pages()
    return found


def test_the_pages_are_current() -> None:
    for file, text in generated().items():
        assert file.read_text("utf-8") == text, "run: python tools/codebook.py"


def test_every_column_is_defined_in_both_languages() -> None:
    from yunzhang.governance.observatory import actions

    for variable in actions.list_variables().values():
        assert re.fullmatch(r"[A-Za-z]\w{0,31}", variable.name), "Stata keeps 32 signs of a name"
        for text in (variable.label, variable.definition):
            assert re.search(r"[\u4e00-\u9fff]|^H|^V", text["zh"]), variable.name
            assert not re.search(r"[\u4e00-\u9fff]", text["en"]), variable.name
        assert len(variable.label["en"]) <= 80
        assert variable.source


def test_the_citation_is_valid_cff_of_this_version() -> None:
    cff = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert cff["cff-version"] == "1.2.0"
    assert cff["version"] == project["version"]
    assert cff["license"] == project["license"]
    assert cff["type"] == "software"
    assert cff["authors"] == [{"name": "The Yunzhang authors"}]  # an entity: no invented person
    assert isinstance(cff["message"], str)
    assert isinstance(cff["title"], str)
    known = {"cff-version", "message", "title", "type", "authors", "version", "license", "abstract", "keywords"}
    assert set(cff) == known
