"""Addressees one may tick together: the units below a name by kind, its sectors, the departments it guides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from yunzhang.base.errors import zh
from yunzhang.ground.org import actions as org
from yunzhang.ground.org.terms import Unit, UnitKind

GROUP_LABELS = {
    "governments": zh("下级政府"),
    "departments": zh("本级部门"),
    "towns": zh("乡镇街道"),
    "corresponding": zh("下级对口部门"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """Addressees one may tick together."""

    key: str
    label: str
    units: tuple[Unit, ...]


def own_units(unit: int) -> dict[str, list[Unit]]:
    """Return the units directly below one, by kind."""
    children = org.list_children(unit)
    kinds = {"governments": UnitKind.GOVERNMENT, "departments": UnitKind.DEPARTMENT, "towns": UnitKind.TOWN}
    return {key: [one for one in children if one.kind is kind] for key, kind in kinds.items()}


def own_groups(unit: int) -> list[Group]:
    """Return the units directly below one as groups to tick."""
    return [Group(key, _(GROUP_LABELS[key]), tuple(units)) for key, units in own_units(unit).items() if units]


def list_groups(name: int, on: date) -> list[Group]:
    """Return the addressees offered for a name: those below it, its sectors, the departments it guides.

    A department is offered the governments below as well: why it may not instruct them, the gate says.
    """
    place = org.find_unit(name).jurisdiction
    found = own_units(name)
    if place != name:
        found["governments"] = own_units(place)["governments"]
    guided = [row.lower for row in org.find_guides([name], on=on) if row.upper == name]
    found["corresponding"] = sorted(org.find_units(guided).values(), key=lambda one: (one.official_order, one.path))
    groups = [Group(key, _(GROUP_LABELS[key]), tuple(units)) for key, units in found.items() if units]
    by_id = {unit.id: unit for unit in found["departments"]}
    for sector in org.list_sectors(name, on=on):
        members = tuple(by_id[unit] for unit in sector.units if unit in by_id)
        groups += (
            [Group(f"sector-{sector.code}", _("%(name)s系统") % {"name": sector.name}, members)] if members else []
        )
    return groups
