"""What the lab's pages say in the field's words: steps of a scenario, states, the mark on every page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from yunzhang.governance.lab.rules.scenarios import FIELDS, TITLES, Field
from yunzhang.governance.lab.terms import Do, Experiment, RunsFailed, State
from yunzhang.kit.lists import ribbon
from yunzhang.kit.wording import Explanation, fill, say

NAMED = 8
DRAWN = ("count", "lam", "zeta")  # how links are drawn by chance: idle where units are named


def mark(scenario: Mapping[str, Any] | None = None) -> str:
    """Return what stands on every page and file of a simulation; 提级 is an academic scenario."""
    steps = (scenario or {}).get("what_ifs") or []
    is_academic = any(isinstance(one, Mapping) and one.get("do") == Do.RAISE_SYSTEM for one in steps)
    said = [*ribbon(), _("模拟推演 · 不是预测")]
    return " · ".join([*said, _("学术情景")] if is_academic else said)


def list_tabs(current: str) -> list[dict[str, Any]]:
    """Return the pages of the lab as tabs."""
    names = {
        "home": _("本单位的推演"),
        "calibration": _("记录校准"),
        "validation": _("引擎验证"),
        "paths": _("转型路径"),
        "map": _("路径对照图"),
    }
    return [{"label": names[name], "href": reverse(f"lab:{name}"), "current": name == current} for name in names]


def state_words() -> dict[State, str]:
    """Return what each state is called."""
    return {
        State.WAITING: _("排队中"),
        State.RUNNING: _("推演中"),
        State.DONE: _("已完成"),
        State.FAILED: _("未能完成"),
        State.CANCELLED: _("已取消"),
    }


def say_name(experiment: Experiment) -> str:
    """Return what an experiment is called: its title, or else its what-ifs."""
    steps = experiment.scenario.get("what_ifs") or []
    if experiment.title or not steps:
        return experiment.title or _("现状延续")
    first = say_title(Do(steps[0]["do"]))
    return first if len(steps) == 1 else _("%(first)s等 %(count)s 项") % {"first": first, "count": len(steps)}


def say_failure(experiment: Experiment) -> Explanation | None:
    """Return why the runs of an experiment broke off and what to do, None where they did not."""
    if experiment.state is not State.FAILED:
        return None
    broke = RunsFailed(done=experiment.done)
    plain = {"what": broke.what, "why": broke.why, "do": broke.do, "params": broke.params}
    told = experiment.facts.get("failed", plain)
    params = {name: say(value) for name, value in told["params"].items()}
    return Explanation(*(fill(told[part], params) for part in ("what", "why", "do")))


def basis_words() -> dict[str, str]:
    """Return where the behaviour of units may be taken from."""
    return {
        "filled": _("由本单位的记录估计，记录中没有的往来取默认参数"),
        "record": _("只由本单位的记录估计"),
        "assumed": _("全部取默认参数（学术假设）"),
    }


def say_title(do: Do) -> str:
    """Return what a what-if does."""
    return _(TITLES[do])


def say_how_many(least: int, most: int) -> str:
    """Return how many units a what-if takes."""
    if not least:
        return _("可不选，至多 %(most)s 个单位") % {"most": most}
    if least == most:
        return _("%(most)s 个单位") % {"most": most}
    return _("%(least)s 到 %(most)s 个单位") % {"least": least, "most": most}


def say_step(step: Any, names: Mapping[str, str]) -> dict[str, str]:
    """Return one what-if of a scenario as its day, what is done, with whom and how."""
    if not isinstance(step, Mapping) or str(step.get("do")) not in set(Do):
        return {"when": "", "what": str(step)[:80], "units": "", "values": ""}
    do = Do(str(step["do"]))
    on = {"first": step.get("on", ""), "last": step.get("until", "")}
    when = _("%(first)s 至 %(last)s") % on if on["last"] else _("%(first)s 起") % on
    return {
        "when": when,
        "what": say_title(do),
        "units": _say_units(step.get("units"), names),
        "values": _("；").join(_say_values(do, step, names)),
    }


def _say_units(units: Any, names: Mapping[str, str]) -> str:
    held = [names.get(str(each), str(each)) for each in units] if isinstance(units, list) else []
    more = _("等 %(count)s 个") % {"count": len(held)} if len(held) > NAMED else ""
    return _("、").join(held[:NAMED]) + more


def _say_values(do: Do, step: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[str]:
    idle = DRAWN if do is Do.ADD_LINKS and step.get("units") else ()
    for each in FIELDS[do]:
        value = step.get(each.name, each.default)
        if value not in ("", None) and each.name not in idle:
            label = _(each.label)
            yield f"{label} {_say_value(each, value, names)}"


def _say_value(field: Field, value: Any, names: Mapping[str, str]) -> str:
    if field.kind == "unit":
        return names.get(str(value), str(value))
    if field.kind == "choice":
        return say_choice(str(value))
    return f"{value:g}" if isinstance(value, float | int) else str(value)


def say_choice(value: str) -> str:
    """Return what one of the values a field may take is called."""
    words = {"citizen": _("群众"), "enterprise": _("企业"), "organisation": _("社会组织")}
    return words.get(value, value)
