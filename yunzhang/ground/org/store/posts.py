"""Posts, persons, who held which post from a day to a day, who lent its rights to whom, and sectors.

Trust and loss: dated rows are closed, never deleted or moved into the past; names of persons stand here alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast

from yunzhang.ground.org.store.units import OrgUnit, chunks, on_day
from yunzhang.ground.org.terms import Appointment, Delegation, Duty, Post, Sector

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

__all__ = ["OrgAppointment", "OrgDelegation", "OrgPerson", "OrgPost", "OrgSector", "OrgSectorUnit"]


class OrgPerson(models.Model):
    """A person; the opaque id alone enters the ledger."""

    id = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=60)

    class Meta:
        app_label = "yunzhang"
        db_table = "org_person"


class OrgPost(models.Model):
    """A post of a unit; it stands with or without a holder."""

    id = models.BigIntegerField(primary_key=True)
    stream = models.UUIDField(unique=True)
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="posts", db_index=False)
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    duty = models.CharField(max_length=16)
    sector = models.CharField(max_length=40, default="")
    official_order = models.IntegerField(default=0)
    source = models.CharField(max_length=200, default="")
    from_on = models.DateField()
    to_on = models.DateField(null=True)

    class Meta:
        app_label = "yunzhang"
        db_table = "org_post"
        indexes: ClassVar = [
            models.Index(fields=["unit", "official_order"], name="org_post_unit"),
            models.Index(fields=["kind"], name="org_post_kind"),
        ]


class OrgAppointment(models.Model):
    """A person holds a post from a day to a day (exclusive; empty is open)."""

    post = models.ForeignKey(OrgPost, models.PROTECT, related_name="appointments", db_index=False)
    person = models.ForeignKey(OrgPerson, models.PROTECT, related_name="appointments", db_index=False)
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    is_acting = models.BooleanField(default=False)
    is_concurrent = models.BooleanField(default=False)

    class Meta:
        app_label = "yunzhang"
        db_table = "org_appointment"
        indexes: ClassVar = [
            models.Index(fields=["post", "from_on"], name="org_appointment_post"),
            models.Index(fields=["person", "from_on"], name="org_appointment_person"),
        ]


class OrgDelegation(models.Model):
    """The rights of one post pass to the holder of another from a day to a day (exclusive; empty is open)."""

    from_post = models.ForeignKey(OrgPost, models.PROTECT, related_name="lent")
    to_post = models.ForeignKey(OrgPost, models.PROTECT, related_name="borrowed")
    from_on = models.DateField()
    to_on = models.DateField(null=True)

    class Meta:
        app_label = "yunzhang"
        db_table = "org_delegation"


class OrgSector(models.Model):
    """A named group of units of one place under one sector chief's post."""

    stream = models.UUIDField(unique=True)
    place = models.ForeignKey(OrgUnit, models.PROTECT, related_name="sectors", db_index=False)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    chief = models.ForeignKey(OrgPost, models.PROTECT, null=True, related_name="+")

    class Meta:
        app_label = "yunzhang"
        db_table = "org_sector"
        constraints: ClassVar = [models.UniqueConstraint(fields=["place", "code"], name="org_sector_code")]


class OrgSectorUnit(models.Model):
    """A unit belongs to a sector from a day to a day (exclusive; empty is open)."""

    sector = models.ForeignKey(OrgSector, models.PROTECT, related_name="members")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="sectors_in")
    from_on = models.DateField()
    to_on = models.DateField(null=True)

    class Meta:
        app_label = "yunzhang"
        db_table = "org_sector_unit"


# ---- queries

POST = ("id", "unit_id", "kind", "title", "duty", "sector", "official_order", "source", "stream", "from_on", "to_on")
HELD = ("post_id", "person_id", "person__name", "from_on", "to_on", "is_acting", "is_concurrent")
LENT = ("id", "from_post_id", "to_post_id", "from_on", "to_on")
ORDER = ("official_order", "id")


def post(row: Sequence[Any]) -> Post:
    """Return a row of POST columns as a post."""
    number, unit, kind, title, duty, *rest = row
    return Post(number, unit, kind, title, Duty(duty), *rest)


def posts(where: Q) -> list[Post]:
    """Return posts in official order."""
    return [post(row) for row in OrgPost.objects.filter(where).order_by("unit_id", *ORDER).values_list(*POST)]


def posts_by_ids(ids: Sequence[int]) -> list[Post]:
    """Return these posts."""
    return [each for part in chunks(ids) for each in posts(Q(id__in=part))]


def lock_posts(ids: Sequence[int]) -> None:
    """Hold these posts until the transaction ends: of two appointments at once, the second sees the first."""
    for part in chunks(ids):
        list(OrgPost.objects.select_for_update().filter(id__in=part).order_by("id").values_list("id"))


def posts_of(units: Sequence[int], day: date | None) -> list[Post]:
    """Return the posts of these units that stand on a day, or ever stood."""
    when = Q() if day is None else on_day(day)
    return [each for part in chunks(units) for each in posts(when & Q(unit__in=part))]


def appointments(where: Q) -> list[Appointment]:
    """Return appointments, the oldest first."""
    rows = OrgAppointment.objects.filter(where).order_by("post_id", "from_on")
    return [Appointment(*row) for row in rows.values_list(*HELD)]


def appointments_of(ids: Sequence[int], day: date | None = None, *, column: str = "post") -> list[Appointment]:
    """Return the appointments to these posts (or of these persons), on a day or ever."""
    when = Q() if day is None else on_day(day)
    return [each for part in chunks(ids) for each in appointments(when & Q(**{f"{column}__in": part}))]


def held_by_persons(persons: Sequence[str]) -> list[tuple[Appointment, Duty]]:
    """Return every appointment of these persons with the duty of its post."""
    rows = OrgAppointment.objects.order_by("from_on").values_list(*HELD, "post__duty")
    found = [row for part in chunks(persons) for row in rows.filter(person__in=part)]
    return [(Appointment(*row[:-1]), Duty(row[-1])) for row in found]


def delegations(where: Q) -> list[Delegation]:
    """Return delegations, the oldest first."""
    rows = OrgDelegation.objects.filter(where).order_by("from_on", "id")
    return [Delegation(*row) for row in rows.values_list(*LENT)]


def lent_by(ids: Sequence[int], day: date) -> list[Delegation]:
    """Return the delegations of these posts to others on a day."""
    return delegations(on_day(day) & Q(from_post__in=ids))


def delegations_of(ids: Sequence[int], day: date | None = None) -> list[Delegation]:
    """Return the delegations from or to these posts, on a day or ever."""
    when = Q() if day is None else on_day(day)
    return delegations(when & (Q(from_post__in=ids) | Q(to_post__in=ids)))


def sectors(where: Q, day: date) -> list[Sector]:
    """Return sectors with the units that belong to them on a day."""
    rows = list(OrgSector.objects.filter(where).order_by("id").values_list("id", "place", "code", "name", "chief"))
    members = OrgSectorUnit.objects.filter(on_day(day), sector__in=[row[0] for row in rows])
    units: dict[int, list[int]] = {}
    for sector, unit in members.order_by("unit__official_order", "unit").values_list("sector", "unit"):
        units.setdefault(sector, []).append(unit)
    return [Sector(*row, tuple(units.get(row[0], ()))) for row in rows]


def next_post() -> int:
    """Return the number after the last one given; two at once meet at the primary key."""
    return (OrgPost.objects.aggregate(last=models.Max("id"))["last"] or 0) + 1


# ---- writes


def save_posts(rows: Sequence[OrgPost]) -> None:
    """Insert posts."""
    OrgPost.objects.bulk_create(rows, batch_size=1000)


def signatures_of(posts: Sequence[int], persons: Sequence[str]) -> tuple[dict[int, str], dict[str, str]]:
    """Return the titles of these posts and the names of these persons, in one query."""
    titles = OrgPost.objects.filter(id__in=list(posts)).order_by()
    names = OrgPerson.objects.filter(id__in=list(persons)).order_by()
    rows = titles.values_list(Value("post"), Cast("id", CharField(max_length=40)), "title").union(
        names.values_list(Value("person"), "id", "name"), all=True
    )
    found = list(rows)
    return {int(key): text for kind, key, text in found if kind == "post"}, {
        key: text for kind, key, text in found if kind == "person"
    }


def save_persons(names: dict[str, str]) -> None:
    """Insert persons not known yet, by opaque id."""
    rows = [OrgPerson(id=person, name=name) for person, name in names.items()]
    OrgPerson.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)


def save_appointments(rows: Iterable[Appointment]) -> None:
    """Insert appointments."""
    made = [
        OrgAppointment(
            post_id=row.post, person_id=row.person, from_on=row.from_on, to_on=row.to_on,
            is_acting=row.is_acting, is_concurrent=row.is_concurrent,
        )
        for row in rows
    ]  # fmt: skip
    OrgAppointment.objects.bulk_create(made, batch_size=1000)


def close_appointment(held: Appointment, *, on: date) -> None:
    """Set the first day on which the post is no longer held; one never begun leaves no day at all."""
    same = OrgAppointment.objects.filter(post=held.post, person=held.person, from_on=held.from_on, to_on=held.to_on)
    same.update(to_on=on)


def save_delegation(row: Delegation) -> int:
    """Insert a delegation; returns its number."""
    made = OrgDelegation(from_post_id=row.from_post, to_post_id=row.to_post, from_on=row.from_on, to_on=row.to_on)
    made.save()
    return made.pk


def close_delegation(number: int, *, on: date) -> None:
    """Set the first day on which the rights are no longer lent."""
    OrgDelegation.objects.filter(id=number).update(to_on=on)


def close_post(number: int, *, on: date) -> None:
    """Set the first day on which the post no longer stands."""
    OrgPost.objects.filter(id=number).update(to_on=on)


def put_sector(sector: OrgSector, units: Sequence[int], *, on: date) -> None:
    """Insert or rename a sector; its membership changes from a day on."""
    sector.save()
    members: QuerySet[OrgSectorUnit] = sector.members.filter(to_on__isnull=True)
    known = set(members.values_list("unit_id", flat=True))
    members.exclude(unit__in=units).update(to_on=on)
    fresh = [OrgSectorUnit(sector=sector, unit_id=unit, from_on=on) for unit in units if unit not in known]
    OrgSectorUnit.objects.bulk_create(fresh)


def find_sector(place: int, code: str) -> OrgSector | None:
    """Return the row of a sector of a place."""
    return OrgSector.objects.filter(place=place, code=code).first()
