"""The draft in the builder's form: read from what was sent, changed press by press, never lost by a mistake."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.http import QueryDict

from yunzhang.base.errors import Invalid, zh
from yunzhang.governance.lab import actions
from yunzhang.governance.lab.rules.scenarios import FIELDS, write_scenario
from yunzhang.governance.lab.terms import Do
from yunzhang.kit.doors import DoorRequest
from yunzhang.kit.yaml import BadData

RUNS, SEED, DAYS = "40", "1", "720"
LONGEST_DRAFT, LARGEST_FILE = 200_000, 1 << 16


@dataclass(frozen=True, slots=True)
class Form:
    """What stands in the form: the draft, and the what-if being written, as typed."""

    unit: int
    given: dict[str, Any]
    runs: str = RUNS
    seed: str = SEED
    basis: str = ""  # "": the first that is allowed
    at: str = ""  # the unit the picture shows
    do: Do = Do.APPOINT_LEADER
    on: str = ""
    until: str = ""
    units: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)


def whole(text: str, name: str) -> int:
    """Return a whole number as it was typed. Raises Invalid."""
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise Invalid(field=name, problem=zh("应为整数"))
    return int(text)


def read_form(request: DoorRequest) -> Form:
    """Return what was sent. Raises Invalid for a unit that is no number."""
    post: QueryDict = request.POST
    unit = whole(post.get("unit", ""), "unit")
    given = _draft(post.get("draft", ""))
    given |= {name: post.get(name, "").strip()[:200] for name in ("title", "begins", "days")}
    kinds: dict[str, Do] = {str(each): each for each in Do}
    own = {name[2:]: value.strip()[:100] for name, value in post.items() if name.startswith("v_")}  # type: ignore[union-attr]
    plain = {name: post.get(name, "").strip()[:30] for name in ("runs", "seed", "basis", "at", "on", "until")}
    do = kinds.get(post.get("do", ""), Do.APPOINT_LEADER)
    return Form(unit, given, do=do, units=tuple(post.getlist("units")), values=own, **plain)


def _draft(text: str) -> dict[str, Any]:
    try:
        given = json.loads(text) if len(text) <= LONGEST_DRAFT else None
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict) or not isinstance(given.get("what_ifs"), list):
        return {"what_ifs": []}
    return given


def add_step(form: Form, request: DoorRequest) -> Form:
    """Return the form with the what-if being written in the scenario. Raises BadScenario, ScenarioTooLarge."""
    step: dict[str, Any] = {"do": str(form.do), "on": form.on or form.given["begins"], "units": list(form.units)}
    if form.until:
        step["until"] = form.until
    names = {each.name for each in FIELDS[form.do]}
    step |= {name: value for name, value in form.values.items() if name in names and value != ""}
    given = form.given | {"what_ifs": [*form.given["what_ifs"], step]}
    if step.get("programme"):
        given = _with_programme(given, str(step["programme"]), form.values.get("programme_share") or "0.3")
    told = write_scenario(actions.read_given(given, form.unit, at=request.at))
    return replace(form, given=json.loads(json.dumps(told)), units=(), values={}, until="")


def _with_programme(given: dict[str, Any], name: str, share: str) -> dict[str, Any]:
    held = given.get("programmes") or []
    known = {each.get("name") for each in held if isinstance(each, dict)}
    return given if name in known else given | {"programmes": [*held, {"name": name, "share": share}]}


def edit_step(form: Form, place: str) -> Form:
    """Return the form with a what-if taken back into the fields, to be changed and added anew."""
    steps = form.given["what_ifs"]
    step = steps[int(place)] if place.isdigit() and int(place) < len(steps) else None
    if not isinstance(step, dict) or str(step.get("do")) not in set(Do):
        return form
    do, units = Do(str(step["do"])), step.get("units")
    names = {each.name for each in FIELDS[do]}
    values = {name: _shown(value) for name, value in step.items() if name in names}
    own: dict[str, Any] = {"on": str(step.get("on") or ""), "until": str(step.get("until") or ""), "values": values}
    chosen = tuple(map(str, units)) if isinstance(units, list) else ()
    return replace(remove_step(form, place), do=do, units=chosen, **own)


def _shown(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float | int) else str(value)


def remove_step(form: Form, place: str) -> Form:
    """Return the form without a what-if."""
    steps = [one for turn, one in enumerate(form.given["what_ifs"]) if str(turn) != place]
    named = {str(one.get("programme", "")) for one in steps if isinstance(one, dict)}
    given = form.given | {"what_ifs": steps}
    if isinstance(given.get("programmes"), list):
        given["programmes"] = [
            one for one in given["programmes"] if isinstance(one, dict) and str(one.get("name")) in named
        ]
    return replace(form, given=given)


def load_file(form: Form, request: DoorRequest) -> Form:
    """Return the form with the scenario of a file. Raises BadData, BadScenario, ScenarioTooLarge."""
    file = request.FILES.get("file")
    if file is None:
        raise BadData(file="–", problem=zh("没有选择文件"))
    if (file.size or 0) > LARGEST_FILE:
        raise BadData(file=str(file.name)[:60], problem=zh("文件超过 64 KB"))
    part = actions.find_part(form.unit, at=request.at)
    with _kept(file.read()) as kept:
        scenario = actions.load_scenario(kept, part)
    return replace(form, given=json.loads(json.dumps(write_scenario(scenario))))


@contextmanager
def _kept(body: bytes) -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        kept = Path(folder) / "scenario.yaml"
        kept.write_bytes(body)
        yield kept
