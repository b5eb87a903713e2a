"""Dated division codes, and the list files they are loaded from.

Trust and loss: rows are closed, never deleted; the list itself can be loaded again from the files.
"""

from __future__ import annotations

import csv
import gzip
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q

from yunzhang.ground.org.store.units import chunks, on_day
from yunzhang.ground.org.terms import Division, NoDivisionList
from yunzhang.kit.fields import ByteText

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

__all__ = ["OrgDivision"]

FOLDER = Path(__file__).resolve().parents[3] / "data" / "divisions"
FILES = {"provinces": None, "cities": "provinceCode", "areas": "cityCode", "streets": "areaCode"}
VILLAGES = "villages"


class OrgDivision(models.Model):
    """A division code with its name from a day to a day (exclusive; empty is open)."""

    code = ByteText(max_length=12)
    name = models.CharField(max_length=60)
    above = ByteText(max_length=12, default="", db_index=True)
    is_pseudo = models.BooleanField(default=False)
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    into = ByteText(max_length=12, default="")
    source = models.CharField(max_length=200, default="")

    class Meta:
        app_label = "yunzhang"
        db_table = "org_division"
        constraints: ClassVar = [models.UniqueConstraint(fields=["code", "from_on"], name="org_division_day")]


def read_list(names: Sequence[str], place: str = "") -> list[tuple[str, str, str]]:
    """Return (code, name, code above) of the list files asked for, highest level first; of one place and those above.

    Raises NoDivisionList.
    """
    rows = []
    for name in names:
        rows += _read(name, "streetCode" if name == VILLAGES else FILES[name], place)
    return rows


def _read(name: str, above: str | None, place: str) -> list[tuple[str, str, str]]:
    file = FOLDER / f"{name}.csv.gz"
    if not file.exists():
        raise NoDivisionList(file=file.name)
    with gzip.open(file, "rt", encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines)
        heading = next(rows)
        code, title, upper = heading.index("code"), heading.index("name"), heading.index(above) if above else None
        return [
            (row[code], row[title], "00" if upper is None else row[upper])
            for row in rows
            if row[code].startswith(place) or place.startswith(row[code])
        ]


def held_codes() -> set[str]:
    """Return every code the table has ever held."""
    return set(OrgDivision.objects.values_list("code", flat=True))


def save_divisions(divisions: Iterable[Division]) -> None:
    """Insert dated divisions."""
    rows = [
        OrgDivision(
            code=each.code, name=each.name, above=each.parent, is_pseudo=each.is_pseudo, from_on=each.from_on,
            to_on=each.to_on, into=each.into, source=each.source,
        )
        for each in divisions
    ]  # fmt: skip
    OrgDivision.objects.bulk_create(rows, batch_size=2000)


def replace_divisions(rows: Iterable[Division]) -> None:
    """Insert dated rows; one that is there already (same code, same first day) is brought up to what is given."""
    held: set[tuple[str, date]] = set()
    made = list(rows)
    for part in chunks(list({row.code for row in made})):
        held.update(OrgDivision.objects.filter(code__in=part).values_list("code", "from_on"))
    for row in made:
        if (row.code, row.from_on) in held:
            same = OrgDivision.objects.filter(code=row.code, from_on=row.from_on)
            same.update(name=row.name, above=row.parent, to_on=row.to_on, into=row.into)
    save_divisions(row for row in made if (row.code, row.from_on) not in held)


def around(codes: Iterable[str]) -> list[Division]:
    """Return every dated row of these codes, of what has ever stood directly under them, and of what they became."""
    asked = set(codes)
    found = {row for part in chunks(sorted(asked)) for row in divisions(Q(code__in=part) | Q(above__in=part))}
    while wanted := {code for row in found for code in (row.code, row.into) if code} - asked:
        asked |= wanted
        found.update(row for part in chunks(sorted(wanted)) for row in divisions(Q(code__in=part)))
    return sorted(found, key=lambda row: (row.code, row.from_on))


def divisions(where: Q, day: date | None = None) -> list[Division]:
    """Return divisions that meet `where`, in code order; as of a day, or every dated row."""
    rows = OrgDivision.objects.filter(where if day is None else where & on_day(day)).order_by("code", "from_on")
    columns = ("code", "name", "above", "from_on", "to_on", "is_pseudo", "into", "source")
    return [Division(*row) for row in rows.values_list(*columns)]
