"""The draft in the builder's form: read from what was sent or kept, changed press by press, never lost by a mistake."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.http import QueryDict

from yunzhang.base.errors import Invalid, Sentence, zh
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
    editing: str = ""  # the place of the what-if that is being changed

    @property
    def plain(self) -> dict[str, Any]:
        """The form as plain values, to be kept."""
        return asdict(self) | {"do": str(self.do), "units": list(self.units), "values": dict(self.values)}


def form_of(plain: Mapping[str, Any]) -> Form:
    """Return the form that was kept as plain values."""
    return Form(**{**plain, "do": Do(plain["do"]), "units": tuple(plain["units"])})


def whole(text: str, field: Sentence | str) -> int:
    """Return a whole number as it was typed. Raises Invalid."""
    if not (text.isascii() and text.removeprefix("-").isdigit() and len(text) < 20):
        raise Invalid(field=field, problem=zh("应为整数"))
    return int(text)


def read_form(request: DoorRequest) -> Form:
    """Return what was sent. Raises Invalid for a unit that is no number."""
    post: QueryDict = request.POST
    unit = whole(post.get("unit", ""), "unit")
    given = _draft(post.get("draft", ""))
    given |= {name: post.get(name, "").strip()[:200] for name in ("title", "begins", "days")}
    kinds: dict[str, Do] = {str(each): each for each in Do}
    own = {name[2:]: value.strip()[:100] for name, value in post.items() if name.startswith("v_")}  # type: ignore[union-attr]
    plain = {
        name: post.get(name, "").strip()[:30] for name in ("runs", "seed", "basis", "at", "on", "until", "editing")
    }
    do = kinds.get(post.get("do", ""), Do.APPOINT_LEADER)
    if post.get("shown", str(do)) != do:
        own = {}  # what was typed belongs to another kind of what-if
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
    """Return the form with the what-if being written in the scenario, at its place where one is being changed.

    Raises BadScenario, ScenarioTooLarge.
    """
    step = _step(form)
    steps = list(form.given["what_ifs"])
    place = int(form.editing) if _is_place(form.editing, steps) else len(steps)
    steps[place : place + 1] = [step]
    given = _named_programmes(form.given | {"what_ifs": steps})
    if step.get("programme"):
        given = _with_programme(given, form, str(step["programme"]))
    told = write_scenario(actions.read_given(given, form.unit, at=request.at))
    return replace(leave_step(form), given=json.loads(json.dumps(told)))


def _step(form: Form) -> dict[str, Any]:
    # a number that was emptied is told; a text or unit may be left out
    step: dict[str, Any] = {"do": str(form.do), "on": form.on or form.given["begins"], "units": list(form.units)}
    if form.until:
        step["until"] = form.until
    optional = {each.name: each.kind in ("text", "unit") for each in FIELDS[form.do]}
    told = {name: value for name, value in form.values.items() if name in optional}
    return step | {name: value for name, value in told.items() if value or not optional[name]}


def _is_place(text: str, steps: list[Any]) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 4 and int(text) < len(steps)


def leave_step(form: Form) -> Form:
    """Return the form with nothing being written."""
    return replace(form, units=(), values={}, until="", editing="")


def _with_programme(given: dict[str, Any], form: Form, name: str) -> dict[str, Any]:
    # its share is told with the what-if that names it first, and again where that is being changed
    held = [each for each in given.get("programmes") or [] if isinstance(each, dict)]
    known = next((each for each in held if each.get("name") == name), None)
    if known is not None and not form.editing:
        return given
    own = (known or {"name": name}) | {"share": form.values.get("programme_share") or "0.3"}
    return given | {"programmes": [*(each for each in held if each is not known), own]}


def edit_step(form: Form, place: str) -> Form:
    """Return the form with a what-if in the fields, to be changed; it stays where it is until the change is kept."""
    steps = form.given["what_ifs"]
    step = steps[int(place)] if _is_place(place, steps) else None
    if not isinstance(step, dict) or str(step.get("do")) not in set(Do):
        return form
    do, units = Do(str(step["do"])), step.get("units")
    names = {each.name for each in FIELDS[do]}
    values = {name: _shown(value) for name, value in step.items() if name in names}
    held = [one for one in form.given.get("programmes") or [] if isinstance(one, dict)]
    share = next((one.get("share") for one in held if one.get("name") == step.get("programme")), None)
    values |= {} if share is None else {"programme_share": _shown(share)}
    own: dict[str, Any] = {"on": str(step.get("on") or ""), "until": str(step.get("until") or ""), "values": values}
    chosen = tuple(map(str, units)) if isinstance(units, list) else ()
    return replace(form, do=do, units=chosen, editing=place, **own)


def _shown(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float | int) else str(value)


def remove_step(form: Form, place: str) -> Form:
    """Return the form without a what-if."""
    steps = [one for turn, one in enumerate(form.given["what_ifs"]) if str(turn) != place]
    bare = leave_step(form) if form.editing else form
    return replace(bare, given=_named_programmes(form.given | {"what_ifs": steps}))


def _named_programmes(given: dict[str, Any]) -> dict[str, Any]:
    # a programme goes with the last what-if that names it
    named = {str(one.get("programme", "")) for one in given["what_ifs"] if isinstance(one, dict)}
    if not isinstance(given.get("programmes"), list):
        return given
    held = [one for one in given["programmes"] if isinstance(one, dict) and str(one.get("name")) in named]
    return given | {"programmes": held}


def move_scope(form: Form, unit: int, request: DoorRequest) -> tuple[Form, int]:
    """Return the form for another unit with the what-ifs that name no unit outside it, and how many did."""
    held = set(actions.find_part(unit, at=request.at, loops=False).units["id"].to_pylist())
    kept = [one for one in form.given["what_ifs"] if isinstance(one, dict) and _names(one) <= held]
    lost = len(form.given["what_ifs"]) - len(kept)
    given = _named_programmes(form.given | {"what_ifs": kept})
    return replace(leave_step(form), unit=unit, at="", given=given), lost


def _names(step: Mapping[str, Any]) -> set[str]:
    units = step.get("units")
    listed = [str(one) for one in units] if isinstance(units, list) else []
    return {*listed, *(str(step[name]) for name in ("was", "superior") if step.get(name))}


def load_file(form: Form, request: DoorRequest) -> Form:
    """Return the form with the scenario of a file. Raises BadData, BadScenario, ScenarioTooLarge."""
    file = request.FILES.get("file")
    if file is None:
        raise BadData(file="–", problem=zh("没有选择文件"))
    if (file.size or 0) > LARGEST_FILE:
        raise BadData(file=str(file.name)[:60], problem=zh("文件超过 64 KB"))
    part = actions.find_part(form.unit, at=request.at, loops=False)
    with _kept(file.read()) as kept:
        scenario = actions.load_scenario(kept, part)
    return replace(leave_step(form), given=json.loads(json.dumps(write_scenario(scenario))))


@contextmanager
def _kept(body: bytes) -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        kept = Path(folder) / "scenario.yaml"
        kept.write_bytes(body)
        yield kept
