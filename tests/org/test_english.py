"""On an English command line imports speak English: counts, rows, reasons, refusals of whole files, reject files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.homes import bare_home
from tests.conftest import Command

HAN = re.compile(r"[\u3400-\u9fff，。：；“”（）]")
CURLY = str.maketrans("", "", "“”")  # English texts quote with these as well
UNITS = """id,parent,kind,name,uscc
,,government,City,
,Nowhere,department,x,
,City,ship,y,
,City,department,,
,City,department,z,91110000802100433C
r1,r2,department,a,
r2,r1,department,b,
"""
APPOINTMENTS = "post,name,from_on\n1,Zhang,2025-01-01\n1,Li,2025-03-01\n1,Wu,never\n9,Wu,2025-01-01\n"
DIVISIONS = """on,kind,code,into,parent
2024-01-01,added,99,,
2024-01-01,merged,51,52,
2099-01-01,retired,51,,
2024-01-01,retired,5,,
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bare_home(tmp_path_factory.mktemp("english") / "home")


def test_rows_reasons_and_rejects_are_english(yunzhang: Command, home: Path, tmp_path: Path) -> None:
    file, rejects = tmp_path / "rows.csv", tmp_path / "bad.csv"

    def told(what: str, text: str, *more: object) -> str:
        file.write_text(text, "utf-8")
        done = yunzhang("import", what, file, *more, "--home", home, YUNZHANG_LANGUAGE="en")
        return (done.stdout + done.stderr).translate(CURLY)

    said = [
        told("units", UNITS, "--rejects", rejects),
        rejects.read_text("utf-8"),
        told("posts", "unit,kind,title,duty\nCity,chief,Chief,leader\n"),
        told("appointments", APPOINTMENTS),
        told("divisions", DIVISIONS),
        told("units", "id,nonsense\n1,2\n"),
        told("divisions", "", "--villages", "500101"),
    ]
    assert [HAN.findall(text) for text in said] == [[]] * len(said)
    assert "Row 3, parent: neither the office nor the file has this unit" in said[0]
    assert "Imported: 1 rows added" in said[0]
    assert "Post Chief is held by Zhang" in said[3]
    assert "missing parent, kind, name, not expected nonsense" in said[5]


def test_rows_of_a_file_with_chinese_headings_are_told_in_the_terminals_language(
    yunzhang: Command, home: Path, tmp_path: Path
) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("上级,类别,名称\n市政府,飞船,财政局\n", "utf-8")
    english = yunzhang("import", "units", file, "--home", home, YUNZHANG_LANGUAGE="en").stderr
    assert not HAN.search(english.translate(CURLY))
    assert "第 2 行“上级”" in yunzhang("import", "units", file, "--home", home).stderr
