"""Studies 外部日志研究: the list, and loading one: upload, look at what was read, confirm."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yunzhang.governance.observatory import actions
from yunzhang.governance.observatory.terms import BadLog, MayNotLoad, NoSuchStudy, Study, UploadTooLarge
from yunzhang.ground.ledger.terms import Acting
from yunzhang.ground.org import actions as org
from yunzhang.kit.doors import DoorRequest, SeeOther, change, done, page, render
from yunzhang.kit.jobs import enqueue
from yunzhang.kit.lists import disposition
from yunzhang.kit.wording import explain, plain, term, term_lazy

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ROLES = {
    "units": (".csv", ".parquet"),
    "loops": (".csv", ".parquet"),
    "need": (".csv", ".parquet"),
    "due": (".csv", ".parquet"),
    "log": (".csv", ".csv.gz", ".parquet", ".xes", ".xes.gz", ".mbox"),
    "mapping": (".yaml", ".yml"),
}
BESIDE = (".csv", ".parquet")
LONGEST_NAME = 100


def may_read(by: Acting, /, *, at: datetime, **_: Any) -> None:
    """Office, leaders and auditors of the uppermost place; researchers."""
    actions.verify_may_read_study(by, at=at)


def may_load(by: Acting, /, *, at: datetime, **_: Any) -> None:
    """The office of the uppermost place, researchers; a load is seen by its uploader alone."""
    actions.verify_may_load(by, at=at)


@page(may=may_read)
def show_studies(request: DoorRequest, by: Acting) -> HttpResponse:
    """All studies of this office, marked foreign or simulated."""
    studies = actions.list_studies()
    signed = org.find_signatures({one.post for one in studies if one.post}, {one.person for one in studies})
    context = {
        "rows": [_row(one, signed.name(one.person), signed.title(one.post)) for one in studies],
        "may_load": _may(by, at=request.at),
    }
    return render(request, "observatory/studies.html", context)


def _row(one: Study, name: str, title: str) -> dict[str, Any]:
    window = [_day(one.facts.get(side)) for side in ("from_at", "to_at")]
    return {
        "study": one,
        "mark": term(f"study_{one.mark}"),
        "from": window[0],
        "to": window[1] and window[1] - timedelta(microseconds=1),
        "who": name or title or _("系统管理员"),
        "post": title if name else "",
        "source": one.facts.get("command", ""),
        "inputs": [(each["file"], each["sha256"]) for each in one.facts.get("inputs", {}).values()],
        "coverage": list(list_coverage(one.facts["coverage"])) if "coverage" in one.facts else [],
    }


def _day(micros: int | None) -> datetime | None:
    return None if micros is None else EPOCH + timedelta(microseconds=micros)


def _may(by: Acting, *, at: datetime) -> bool:
    try:
        actions.verify_may_load(by, at=at)
    except MayNotLoad:
        return False
    return True


@page(may=may_read)
def open_study(request: DoorRequest, by: Acting, study: str) -> HttpResponse:
    """The page of a study's uppermost unit."""
    found = actions.find_study(study)
    return SeeOther(reverse("observatory:study_unit", kwargs={"study": study, "unit": found.top}))


@page(may=may_load)
def show_new(request: DoorRequest, by: Acting) -> HttpResponse:
    """The form that takes the files of a log."""
    limit = actions.MAX_UPLOAD >> 20
    return render(request, "observatory/study_new.html", {"limit": limit, "roles": ROLES})


@change(may=may_load)
def upload(request: DoorRequest, by: Acting) -> HttpResponse:
    """Keep the files aside and check them: at once, or by the worker where they are large."""
    given: dict[str, Any] = {role: request.FILES[role] for role in ROLES if role in request.FILES}
    beside: list[Any] = request.FILES.getlist("beside")
    size = sum(one.size or 0 for one in (*given.values(), *beside))
    if size > actions.MAX_UPLOAD:
        raise UploadTooLarge(megabytes=actions.MAX_UPLOAD >> 20)
    files: dict[str, Any] = {_kept(role, one.name or "", ROLES[role]): one for role, one in given.items()}
    files |= {_beside(one.name or ""): one for one in beside}
    blocks = {name: (str(one.name)[:LONGEST_NAME], one.chunks()) for name, one in files.items()}
    load = actions.keep_load(by.request, blocks, size=size, person=by.person, post=by.post)
    if load.is_small:
        actions.check_load(load.id)
    else:
        enqueue("observatory_check_load", {"load": str(load.id)}, at=request.at, request=by.request)
    return SeeOther(reverse("observatory:study_load", args=[load.id]))


def _kept(role: str, name: str, endings: tuple[str, ...]) -> str:
    found = next((ending for ending in sorted(endings, key=len, reverse=True) if name.lower().endswith(ending)), "")
    if not found:
        raise BadLog(file=name[:LONGEST_NAME] or "–", problem=", ".join(endings))
    return f"{role}{'.yaml' if role == 'mapping' else found}"


def _beside(name: str) -> str:
    # kept under its own name: the mapping names it
    found = Path(name.replace("\\", "/")).name
    is_plain = found and not found.startswith(".") and len(found) <= LONGEST_NAME and "\0" not in found
    if not is_plain or not found.lower().endswith(BESIDE) or found.partition(".")[0] in ROLES:
        raise BadLog(file=found[:LONGEST_NAME] or "–", problem=", ".join(BESIDE))
    return found


COLUMNS = {  # what the columns of a loop table are called on the page; others keep the name they have in the file
    "loop": gettext_lazy("编号"),
    "kind": gettext_lazy("类别"),
    "creditor": gettext_lazy("交办或提出方"),
    "debtor": gettext_lazy("承办方"),
    "opened_at": gettext_lazy("开立时间"),
    "due_at": gettext_lazy("到期时间"),
    "closed_at": gettext_lazy("办结时间"),
    "outcome": gettext_lazy("办理结果"),
    "extended": gettext_lazy("延期次数"),
    "confirmed": gettext_lazy("办结有确认"),
    "relation": gettext_lazy("开立时的关系"),
    "programme": term_lazy("programme"),
}


@page(may=may_load)
def show_load(request: DoorRequest, by: Acting, load: UUID) -> HttpResponse:
    """How far a load has come: being checked, what was read and a form to confirm, or what went wrong."""
    found = actions.find_load(load, person=by.person)
    if found.state == "added":
        return SeeOther(reverse("observatory:study", args=[found.facts["study"]]))
    facts = found.facts
    names = list(dict.fromkeys(name for row in facts.get("first", ()) for name in row))
    context = {
        "load": found,
        "facts": facts,
        "problem": explain(found.problem) if found.problem else None,
        "may_confirm": "units" in facts and not found.is_busy,
        "headings": [(COLUMNS.get(name, name), name) for name in names],
        "coverage": list(list_coverage(facts["coverage"])) if "coverage" in facts else [],
        "aside": [
            (plain(actions.REASONS.get(name, name)), count) for name, count in facts.get("rows_aside", {}).items()
        ],
        "title": facts.get("title", ""),
    }
    context["first"] = [[(row.get(name, ""), name.endswith("_at")) for name in names] for row in facts.get("first", ())]
    return render(request, "observatory/study_load.html", context)


def list_coverage(coverage: dict[str, Any]) -> Iterator[tuple[str, str, int | None]]:
    """Yield what was read of a log: heading, what, how many (None for a caution)."""
    yield _("已读"), _("行"), coverage["rows"]
    yield _("采用"), _("行"), coverage["used"]
    yield _("得出"), term("loop"), coverage["loops"]
    yield _("推出"), term("unit"), coverage["units_derived"]
    for name, heading in (("set_aside", _("未用")), ("ambiguous", _("推定")), ("parts_set_aside", _("未用的部分"))):
        for reason, count in coverage[name].items():
            yield heading, plain(actions.REASONS.get(reason, reason)), count
    for spot in coverage["blind"]:
        yield _("注意"), plain(actions.BLIND[spot]), None


@change(may=may_load)
def confirm(request: DoorRequest, by: Acting, load: UUID) -> HttpResponse:
    """Add a checked load under a name: at once, or by the worker where it is large."""
    found = actions.find_load(load, person=by.person)
    if found.state in ("adding", "added"):  # pressed twice
        return SeeOther(reverse("observatory:study_load", args=[load]))
    name, title = request.POST.get("name", "").strip(), request.POST.get("title", "").strip()[:200]
    actions.confirm_load(found, name, title, simulated=request.POST.get("mark") == actions.SIMULATED)
    if found.is_small:
        actions.add_load(load, request=by.request, at=request.at)
    else:
        enqueue("observatory_add_load", {"load": str(load)}, at=request.at, request=by.request)
    return SeeOther(reverse("observatory:study_load", args=[load]))


@page(may=may_load)
def export_rejects(request: DoorRequest, by: Acting, load: UUID) -> HttpResponse:
    """The rows that were set aside, as csv, with the reason of each."""
    import csv
    import io

    found = actions.find_load(load, person=by.person)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_("表"), _("行号"), _("原因"), _("内容")])
    for table, row, reason, cells in actions.find_reject_rows(found):
        text = f"'{cells}" if cells[:1] in ("=", "+", "-", "@") else cells
        writer.writerow([table, row, plain(actions.REASONS.get(reason, reason)), text])
    name = {"Content-Disposition": disposition("rejects.csv")}
    return HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8", headers=name)


@change(may=may_load)
def remove(request: DoorRequest, by: Acting, study: str) -> HttpResponse:
    """Remove a study with its figures and files; twice is once."""
    try:
        actions.remove_study(by, study, at=request.at)
    except NoSuchStudy:
        return SeeOther(reverse("observatory:studies"))
    return done(request, reverse("observatory:studies"), _("已移除：%(name)s") % {"name": study})


urlpatterns = [
    path("studies", show_studies, name="studies"),
    path("studies/new", show_new, name="study_new"),
    path("studies/upload", upload, name="study_upload"),
    path("studies/loading/<uuid:load>", show_load, name="study_load"),
    path("studies/loading/<uuid:load>/confirm", confirm, name="study_confirm"),
    path("studies/loading/<uuid:load>/rejects.csv", export_rejects, name="study_rejects"),
    path("studies/<slug:study>", open_study, name="study"),
    path("studies/<slug:study>/remove", remove, name="study_remove"),
]
