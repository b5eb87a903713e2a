"""docs/errors.md lists every error the code can raise, and each is fit to be shown."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from yunzhang.base.errors import YunzhangError

ROOT = Path(__file__).resolve().parents[2]
HAN = re.compile(r"[\u4e00-\u9fff]")
ABSTRACT = {"YunzhangError", "Unready"}


@pytest.fixture(scope="module")
def page() -> ModuleType:
    spec = importlib.util.spec_from_file_location("errors_page", ROOT / "tools" / "errors.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.load_all()
    return module


def kinds(page: ModuleType) -> set[type[YunzhangError]]:
    return {kind for kind in page.below(YunzhangError) if kind.__module__.startswith("yunzhang.")}


def test_the_list_is_complete(page: ModuleType) -> None:
    assert (ROOT / "docs" / "errors.md").read_text("utf-8") == page.text(), "run: python tools/errors.py"


def test_every_error_has_a_code_of_its_own_says_what_and_what_to_do(page: ModuleType) -> None:
    codes: dict[str, str] = {}
    for kind in kinds(page):
        if kind.__name__ in ABSTRACT:
            continue
        assert codes.setdefault(kind.code, kind.__qualname__) == kind.__qualname__, kind.code
        assert re.fullmatch(r"[a-z_]+", kind.code)
        assert HAN.search(kind.what + kind.why + kind.do), kind
        assert kind.category in page.STATUS


def test_every_code_names_one_error(page: ModuleType) -> None:
    codes = [one.code for one in kinds(page)]
    assert sorted(code for code in set(codes) if codes.count(code) > 1) == []
