"""Units as they stand today, the dated rows behind them, and who guides whom.

Trust and loss: `org_unit` is rebuilt from the open dated rows; dated rows and guidance are never deleted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from django.db import models
from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models.functions import Concat, Length, Substr

from yunzhang.base.ids import SEGMENT
from yunzhang.ground.org.terms import Branch, Guidance, GuidanceKind, Level, Unit, UnitKind
from yunzhang.kit.fields import ByteText, next_prefix
from yunzhang.kit.memo import forget

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from uuid import UUID

STEP = SEGMENT + 1
CHUNK = 10_000
Key = TypeVar("Key", int, str)

__all__ = ["OrgGuidance", "OrgNaming", "OrgPlacement", "OrgUnit"]


class OrgUnit(models.Model):
    """A unit as it stands today; a retired one keeps its last row and its last day."""

    id = models.BigIntegerField(primary_key=True)
    stream = models.UUIDField(unique=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    path = ByteText(max_length=112)
    jurisdiction = models.ForeignKey("self", models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=16)
    branch = models.CharField(max_length=16)
    level = models.CharField(max_length=16)
    official_order = models.IntegerField(default=0)
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=120)
    pinyin = models.CharField(max_length=200, default="")
    code = models.CharField(max_length=40, default="", db_index=True)
    division = models.CharField(max_length=12, default="", db_index=True)
    uscc = models.CharField(max_length=18, default="")
    source = models.CharField(max_length=200, default="")
    from_on = models.DateField()
    to_on = models.DateField(null=True)

    class Meta:
        app_label = "yunzhang"
        db_table = "org_unit"
        indexes: ClassVar = [
            models.Index(fields=["path", "kind", "to_on"], name="org_unit_path"),
            models.Index(fields=["jurisdiction", "kind"], name="org_unit_jurisdiction"),
        ]


class OrgPlacement(models.Model):
    """Where a unit stood from a day to a day (exclusive; empty is open)."""

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="placements", db_index=False)
    parent = models.ForeignKey(OrgUnit, models.PROTECT, null=True, related_name="+")
    path = ByteText(max_length=112)
    jurisdiction = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+", db_index=False)
    from_on = models.DateField()
    to_on = models.DateField(null=True)

    class Meta:
        app_label = "yunzhang"
        db_table = "org_placement"
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit", "from_on"], name="org_placement_day")]
        indexes: ClassVar = [models.Index(fields=["path", "from_on", "to_on"], name="org_placement_path")]


class OrgNaming(models.Model):
    """What a unit was called, and the division code of its place, from a day to a day (exclusive; empty is open)."""

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="namings", db_index=False)
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=120)
    division = models.CharField(max_length=12, default="")
    from_on = models.DateField()
    to_on = models.DateField(null=True)

    class Meta:
        app_label = "yunzhang"
        db_table = "org_naming"
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit", "from_on"], name="org_naming_day")]


class OrgGuidance(models.Model):
    """`upper` guides `lower` from a day to a day (exclusive; empty is open)."""

    upper = models.ForeignKey(OrgUnit, models.PROTECT, related_name="guides")
    lower = models.ForeignKey(OrgUnit, models.PROTECT, related_name="guided_by")
    kind = models.CharField(max_length=16)
    from_on = models.DateField()
    to_on = models.DateField(null=True)

    class Meta:
        app_label = "yunzhang"
        db_table = "org_guidance"
        constraints: ClassVar = [models.UniqueConstraint(fields=["lower", "upper", "from_on"], name="org_guidance_day")]


def on_day(day: date, prefix: str = "") -> Q:
    """Return the filter of dated rows that hold on `day`."""
    begun, ended = f"{prefix}from_on__lte", f"{prefix}to_on__gt"
    return Q(**{begun: day}) & (Q(**{f"{prefix}to_on__isnull": True}) | Q(**{ended: day}))


def below(path: str, field: str = "path") -> Q:
    """Return the filter of rows at or below `path`: one range of the path index."""
    return Q(**{f"{field}__gte": path, f"{field}__lt": next_prefix(path)})


COLUMNS = (
    "id", "name", "short_name", "kind", "branch", "level", "parent_id", "path", "jurisdiction_id", "official_order",
    "code", "division", "uscc", "source", "stream", "from_on", "to_on",
)  # fmt: skip
ORDER = ("official_order", "id")


def read_units(rows: QuerySet[OrgUnit]) -> list[Unit]:
    """Return today's rows as units, in the order asked for."""
    return [_unit(*row) for row in rows.values_list(*COLUMNS)]


def _unit(*row: object) -> Unit:
    number, name, short, kind, branch, level, *rest = cast("tuple[Any, ...]", row)
    return Unit(number, name, short, UnitKind(kind), Branch(branch), Level(level), *rest)


def standing() -> QuerySet[OrgUnit]:
    """Return the units that stand today, in official order."""
    return OrgUnit.objects.filter(to_on__isnull=True).order_by(*ORDER)


def by_ids(ids: Sequence[int]) -> list[Unit]:
    """Return today's rows of these units, retired ones with their last day."""
    return [unit for part in chunks(ids) for unit in read_units(OrgUnit.objects.filter(id__in=part))]


def by_stream(stream: UUID) -> list[Unit]:
    """Return the unit whose changes are recorded on this stream, if there is one."""
    return read_units(OrgUnit.objects.filter(stream=stream))


def chunks(ids: Sequence[Key]) -> Iterator[Sequence[Key]]:
    """Return the ids in parts that every engine takes as one list of parameters."""
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


DATED = (
    "unit_id", "unit__namings__name", "unit__namings__short_name", "unit__kind", "unit__branch", "unit__level",
    "parent_id", "path", "jurisdiction_id", "unit__official_order", "unit__code", "unit__namings__division",
    "unit__uscc", "unit__source", "unit__stream", "unit__from_on", "unit__to_on",
)  # fmt: skip


def dated(where: Q, day: date) -> list[Unit]:
    """Return the units whose placement on `day` meets `where`, as they stood and were called that day."""
    rows = OrgPlacement.objects.filter(where & on_day(day) & on_day(day, "unit__namings__"))
    return [_unit(*row) for row in rows.order_by("unit__official_order", "unit_id").values_list(*DATED)]


def dated_by_ids(ids: Sequence[int], day: date) -> list[Unit]:
    """Return these units as they stood on `day`; the ones that did not stand are left out."""
    return [unit for part in chunks(ids) for unit in dated(Q(unit__in=part), day)]


def paths_on(ids: Sequence[int], day: date) -> dict[int, str]:
    """Return the paths of these units on `day`."""
    rows = OrgPlacement.objects.filter(on_day(day))
    return {unit: path for part in chunks(ids) for unit, path in rows.filter(unit__in=part).values_list("unit", "path")}


def named_like(text: str, initials: str) -> Q:
    """Return the filter of units whose names hold `text`, or their pinyin initials `initials`."""
    found = Q(name__contains=text) | Q(short_name__contains=text)
    return found | Q(pinyin__contains=initials) if initials else found


def matching(text: str, initials: str, path: str | None, limit: int) -> list[Unit]:
    """Return standing units whose names hold `text`, or their pinyin initials `initials`; nearest the root first."""
    rows = OrgUnit.objects.filter(named_like(text, initials), to_on__isnull=True)
    if path is not None:
        rows = rows.filter(below(path))
    return read_units(rows.order_by(Length("path"), *ORDER)[:limit])


ORDERS = {"official": ("jurisdiction__path", *ORDER), "name": ("name", "id"), "-from_on": ("-from_on", "id")}


def register(where: Q, order: str, *, page: int, size: int) -> tuple[list[Unit], int]:
    """Return one page of the units that stand today, and how many there are in all."""
    rows = OrgUnit.objects.filter(where, to_on__isnull=True)
    start = (page - 1) * size
    return read_units(rows.order_by(*ORDERS[order])[start : start + size]), rows.count()


def names_of(ids: Sequence[int]) -> dict[int, str]:
    """Return the short names of units."""
    return {
        number: name
        for part in chunks(ids)
        for number, name in OrgUnit.objects.filter(id__in=part).values_list("id", "short_name")
    }


def guidance_rows(where: Q) -> list[Guidance]:
    """Return guiding relations, oldest first."""
    rows = OrgGuidance.objects.filter(where).order_by("from_on", "id")
    columns = ("upper_id", "lower_id", "kind", "from_on", "to_on")
    return [Guidance(u, w, GuidanceKind(k), f, t) for u, w, k, f, t in rows.values_list(*columns)]


COUNTED = (UnitKind.GOVERNMENT, UnitKind.TOWN, UnitKind.DEPARTMENT)


def blocks(path: str, segments: int = 1) -> QuerySet[OrgUnit, tuple[Any, ...]]:
    """Return (block path, all, governments, towns, departments) for the units below `path`, `segments` below it.

    One range scan of the covering index, grouped by a prefix: a join per block is 40 times slower on SQLite, and
    grouping by the kind too doubles the time.
    """
    counts = {f"n_{kind}": models.Count(Case(When(kind=kind, then=Value(1)))) for kind in COUNTED}
    return (
        OrgUnit.objects.filter(below(path), to_on__isnull=True)
        .annotate(block=Substr("path", 1, len(path) + STEP * segments))
        .values("block")
        .annotate(n_all=models.Count(Value(1)), **counts)
        .order_by()
        .values_list("block", "n_all", *counts)
    )


def next_id() -> int:
    """Return the number after the last one given; two at once meet at the primary key."""
    return (OrgUnit.objects.aggregate(last=models.Max("id"))["last"] or 0) + 1


def save_units(units: Iterable[OrgUnit]) -> None:
    """Insert units with their first dated rows."""
    forget()
    made = list(units)
    OrgUnit.objects.bulk_create(made, batch_size=1000)
    OrgPlacement.objects.bulk_create(
        [
            OrgPlacement(
                unit_id=u.id, parent_id=u.parent_id, path=u.path, jurisdiction_id=u.jurisdiction_id, from_on=u.from_on
            )
            for u in made
        ],
        batch_size=1000,
    )
    OrgNaming.objects.bulk_create(
        [
            OrgNaming(unit_id=u.id, name=u.name, short_name=u.short_name, division=u.division, from_on=u.from_on)
            for u in made
        ],
        batch_size=1000,
    )


def save_guidance(rows: Sequence[OrgGuidance]) -> None:
    """Insert guiding relations."""
    forget()
    OrgGuidance.objects.bulk_create(rows, batch_size=1000)


def close_guidance(upper: int, lower: int, *, on: date) -> bool:
    """End the open relation between two units; False where there is none."""
    forget()
    return bool(OrgGuidance.objects.filter(upper=upper, lower=lower, to_on__isnull=True).update(to_on=on))


def depth_below(path: str) -> int:
    """Return the number of levels standing at and below `path`."""
    deepest = OrgUnit.objects.filter(below(path)).aggregate(longest=models.Max(Length("path")))["longest"]
    return ((deepest or len(path)) - len(path)) // STEP + 1


def last_placements(path: str, others: Sequence[int] = ()) -> list[date]:
    """Return the last day on which anything at or below `path`, or one of the others, was placed."""
    rows = OrgPlacement.objects.filter(below(path) | Q(unit__in=others) if path else Q(unit__in=others))
    last = rows.aggregate(last=models.Max("from_on"))["last"]
    return [last] if last else []


def last_namings(unit: int) -> list[date]:
    """Return the last day on which the unit got a name."""
    last = OrgNaming.objects.filter(unit=unit).aggregate(last=models.Max("from_on"))["last"]
    return [last] if last else []


def move(unit: Unit, parent: int | None, *, path: str, jurisdiction: int, on: date) -> None:
    """Close the dated rows of the sub-tree and open new ones whose paths differ by prefix alone; then today's rows."""
    forget()
    renewed = Concat(Value(path), Substr("path", len(unit.path) + 1))
    rows = OrgPlacement.objects.filter(below(unit.path), to_on__isnull=True)
    old = list(rows.filter(from_on__lt=on).values_list("unit_id", "parent_id", "path", "jurisdiction_id"))
    rows.filter(from_on=on).update(path=renewed)
    OrgPlacement.objects.filter(below(unit.path), to_on__isnull=True, from_on__lt=on).update(to_on=on)
    OrgPlacement.objects.bulk_create(
        [
            OrgPlacement(unit_id=u, parent_id=p, path=path + was[len(unit.path) :], jurisdiction_id=j, from_on=on)
            for u, p, was, j in old
        ],
        batch_size=1000,
    )
    OrgUnit.objects.filter(below(unit.path)).update(path=renewed)
    OrgUnit.objects.filter(id=unit.id).update(parent=parent)
    OrgPlacement.objects.filter(unit=unit.id, to_on__isnull=True).update(parent=parent)
    if jurisdiction != unit.jurisdiction:
        _rehome(path, unit.jurisdiction, jurisdiction)


def _rehome(path: str, old: int, new: int) -> None:
    OrgPlacement.objects.filter(below(path), to_on__isnull=True, jurisdiction=old).update(jurisdiction=new)
    OrgUnit.objects.filter(below(path), jurisdiction=old).update(jurisdiction=new)


def rename(unit: Unit, pinyin: str, *, on: date) -> None:
    """Close the name of a unit and open its new one; then today's row."""
    forget()
    rows = OrgNaming.objects.filter(unit=unit.id, to_on__isnull=True)
    names = {"name": unit.name, "short_name": unit.short_name, "division": unit.division}
    if not rows.filter(from_on=on).update(**names):
        rows.update(to_on=on)
        OrgNaming.objects.create(unit_id=unit.id, from_on=on, **names)
    OrgUnit.objects.filter(id=unit.id).update(pinyin=pinyin, **names)


def reorder(orders: Mapping[int, int]) -> None:
    """Give units other official orders; they hold for every day, for an order is how a list is shown, not what was."""
    forget()
    for unit, order in orders.items():
        OrgUnit.objects.filter(id=unit).update(official_order=order)


def retire(unit: int, *, on: date) -> None:
    """Close every open row of a unit."""
    forget()
    for rows in (OrgPlacement, OrgNaming):
        rows.objects.filter(unit=unit, to_on__isnull=True).update(to_on=on)
    OrgGuidance.objects.filter(Q(upper=unit) | Q(lower=unit), to_on__isnull=True).update(to_on=on)
    OrgUnit.objects.filter(id=unit).update(to_on=on)
