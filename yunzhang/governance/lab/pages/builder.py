"""The scenario builder: a form that carries its draft along, so that it works without a script and loses nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from django.http import HttpResponse, QueryDict
from django.urls import path, reverse
from django.utils.translation import gettext as _

from yunzhang.base.clock import day_of
from yunzhang.base.errors import Invalid, YunzhangError, zh
from yunzhang.governance.lab import actions
from yunzhang.governance.lab.pages.saying import mark, say_step, say_title
from yunzhang.governance.lab.rules.scenarios import FIELDS, HOW_MANY, Field, write_scenario
from yunzhang.governance.lab.terms import Do
from yunzhang.governance.observatory import actions as observatory
from yunzhang.ground.ledger.terms import Acting
from yunzhang.kit.doors import DoorRequest, SeeOther, change, page, render
from yunzhang.kit.lists import disposition
from yunzhang.kit.wording import explain
from yunzhang.kit.yaml import BadData

RUNS, SEED, DAYS = "40", "1", "720"
LONGEST_DRAFT, LARGEST_FILE = 200_000, 1 << 16
OFFICIAL = ("government", "department")


@dataclass(frozen=True, slots=True)
class Form:
    """What stands in the form: the draft, and the what-if being written, as typed."""

    unit: int
    given: dict[str, Any]
    runs: str = RUNS
    seed: str = SEED
    do: Do = Do.APPOINT_LEADER
    on: str = ""
    until: str = ""
    units: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)


def may_simulate(by: Acting, /, *, at: Any, **_: Any) -> None:
    """Offices, leaders of governments and researchers; of which unit the form says, and the page asks again."""
    actions.verify_may_simulate(by, at=at)


@page(may=may_simulate)
def show_new(request: DoorRequest, by: Acting) -> HttpResponse:
    """The empty builder for a unit, by default one's own."""
    asked = request.GET.get("unit", "")
    unit = int(asked) if asked.isascii() and asked.isdigit() else observatory.find_own_unit(by, at=request.at)
    actions.verify_may_run(by, unit, at=request.at)
    first = (day_of(request.at).replace(day=1) + timedelta(days=32)).replace(day=1)
    given = {"title": "", "begins": first.isoformat(), "days": DAYS, "what_ifs": []}
    return _show(request, Form(unit, given, on=first.isoformat()))


@change(may=may_simulate)
def build(request: DoorRequest, by: Acting) -> HttpResponse:
    """One press in the builder: another kind of what-if, add one, remove one, load a file."""
    form = _read(request)
    actions.verify_may_run(by, form.unit, at=request.at)
    press, _colon, place = request.POST.get("press", "").partition(":")
    try:
        if press == "add":
            form = _add(form, request)
        elif press == "remove":
            form = _remove(form, place)
        elif press == "load":
            form = _load(form, request)
    except YunzhangError as error:
        return _show(request, form, error)
    return _show(request, form)


@change(may=may_simulate)
def download(request: DoorRequest, by: Acting) -> HttpResponse:
    """The draft as a scenario file, every value written out."""
    form = _read(request)
    actions.verify_may_run(by, form.unit, at=request.at)
    try:
        scenario = actions.read_given(form.given, form.unit, at=request.at)
    except YunzhangError as error:
        return _show(request, form, error)
    return yaml_answer(write_scenario(scenario))


@change(may=may_simulate)
def run(request: DoorRequest, by: Acting) -> HttpResponse:
    """Ask for the runs and open their page; what is wrong is told above the form as it was."""
    form = _read(request)
    actions.verify_may_run(by, form.unit, at=request.at)
    try:
        receipt = actions.ask_experiment(
            by, form.unit, form.given, _whole(form.runs, _("运行次数")), _whole(form.seed, _("种子")), at=request.at
        )
    except YunzhangError as error:
        return _show(request, form, error)
    return SeeOther(reverse("lab:experiment", args=[actions.find_asked(receipt)]))


def yaml_answer(plain: Any) -> HttpResponse:
    """Return plain values as a YAML file to keep."""
    text = yaml.safe_dump(json.loads(json.dumps(plain)), allow_unicode=True, sort_keys=False, width=110)
    name = {"Content-Disposition": disposition("scenario.yaml")}
    return HttpResponse(f"# {mark()}\n{text}", content_type="application/yaml; charset=utf-8", headers=name)


def _whole(text: str, name: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise Invalid(field=name, problem=zh("应为整数"))
    return int(text)


# ---- reading the form


def _read(request: DoorRequest) -> Form:
    post: QueryDict = request.POST
    unit = _whole(post.get("unit", ""), "unit")
    given = _draft(post.get("draft", ""))
    given |= {name: post.get(name, "").strip()[:200] for name in ("title", "begins", "days")}
    kinds: dict[str, Do] = {str(each): each for each in Do}
    own = {name[2:]: value.strip()[:100] for name, value in post.items() if name.startswith("v_")}  # type: ignore[union-attr]
    plain = {name: post.get(name, "").strip()[:30] for name in ("runs", "seed", "on", "until")}
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


def _add(form: Form, request: DoorRequest) -> Form:
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


def _remove(form: Form, place: str) -> Form:
    steps = [one for turn, one in enumerate(form.given["what_ifs"]) if str(turn) != place]
    named = {str(one.get("programme", "")) for one in steps if isinstance(one, dict)}
    given = form.given | {"what_ifs": steps}
    if isinstance(given.get("programmes"), list):
        given["programmes"] = [
            one for one in given["programmes"] if isinstance(one, dict) and str(one.get("name")) in named
        ]
    return replace(form, given=given)


def _load(form: Form, request: DoorRequest) -> Form:
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


# ---- showing it


def _show(request: DoorRequest, form: Form, error: YunzhangError | None = None) -> HttpResponse:
    rows = actions.find_part(form.unit, at=request.at).units.to_pylist()
    names = {str(row["id"]): str(row["name"]) for row in rows}
    official = [row for row in rows if row["kind"] in OFFICIAL]
    least, most = HOW_MANY[form.do]
    context = {
        "form": form,
        "mark": mark(),
        "error": explain(error) if error else None,
        "name": names[str(form.unit)],
        "places": [(str(row["id"]), row["name"]) for row in official if row["kind"] == "government"],
        "is_alone": len(official) < 2,
        "draft": json.dumps(form.given, ensure_ascii=False),
        "steps": [say_step(one, names) for one in form.given["what_ifs"]],
        "kinds": [(str(each), say_title(each)) for each in Do],
        "fields": [_describe(each, form, official) for each in FIELDS[form.do]],
        "has_programme": any(each.name == "programme" for each in FIELDS[form.do]),
        "programme_share": form.values.get("programme_share", "0.3"),
        "groups": _groups(official, set(form.units)) if most else [],
        "how_many": _("%(least)s 到 %(most)s 个单位") % {"least": least, "most": most},
        "runs": (actions.FEWEST_RUNS, actions.MOST_RUNS),
        "last": _last_day(form.given),
    }
    return render(request, "lab/builder.html", context, status=422 if error else 200)


def _last_day(given: Mapping[str, Any]) -> str:
    try:
        return (date.fromisoformat(str(given["begins"])) + timedelta(int(given["days"]) - 1)).isoformat()
    except (KeyError, ValueError, OverflowError):
        return ""


def _describe(each: Field, form: Form, official: list[dict[str, Any]]) -> dict[str, Any]:
    words = {"citizen": _("群众"), "enterprise": _("企业"), "organisation": _("社会组织")}
    options = [(choice, words.get(choice, choice)) for choice in each.choices]
    if each.kind == "unit":
        options = [("", "–"), *((str(row["id"]), row["name"]) for row in official)]
    default = f"{each.default:g}" if isinstance(each.default, float | int) else each.default
    is_number = each.kind in ("number", "share", "days")
    return {
        "name": f"v_{each.name}",
        "label": _(each.label),
        "value": form.values.get(each.name, default),
        "options": options,
        "is_number": is_number,
        "low": f"{each.low:g}",
        "high": f"{each.high:g}",
        "step": "1" if each.kind == "days" else "any",
    }  # fmt: skip


def _groups(official: list[dict[str, Any]], chosen: set[str]) -> list[dict[str, Any]]:
    """Return the organisation picture: each place with its own tiles, in official order."""
    groups: dict[str, dict[str, Any]] = {}
    for row in official:
        name = str(row["jurisdiction"])
        group = groups.setdefault(name, {"name": "", "tiles": [], "chosen": 0})
        unit, is_place = str(row["id"]), row["kind"] == "government"
        group["name"] = row["name"] if unit == name or not group["name"] else group["name"]
        tile = {"id": unit, "name": row["name"], "is_place": is_place, "chosen": unit in chosen}
        group["tiles"].insert(0, tile) if unit == name else group["tiles"].append(tile)
        group["chosen"] += unit in chosen
    return [group | {"is_open": bool(group["chosen"]) or not turn} for turn, group in enumerate(groups.values())]


urlpatterns = [
    path("new", show_new, name="new"),
    path("build", build, name="build"),
    path("build/scenario.yaml", download, name="download"),
    path("run", run, name="run"),
]
