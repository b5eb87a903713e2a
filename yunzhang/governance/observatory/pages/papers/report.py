"""The full report: conclusion, picture, lines and parts, months, where it stalls, suggestions, data and method."""

from __future__ import annotations

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from yunzhang.governance.observatory.pages import wording
from yunzhang.governance.observatory.pages.course import steps_of, written_month
from yunzhang.governance.observatory.pages.papers import matter as said
from yunzhang.governance.observatory.pages.papers.advice import list_advice
from yunzhang.governance.observatory.pages.papers.matter import Matter, Numbered
from yunzhang.governance.observatory.pages.pictures import list_dots, words_of
from yunzhang.governance.observatory.pages.plane import draw_course, draw_plane
from yunzhang.kit.papers import Block, Paper, Picture, Table, Text
from yunzhang.kit.wording import speaks_chinese, term

PLANE, COURSE = (640, 590), (640, 230)
ADVICE, STALLS, MONTHS = 6, 4, 12


def build_report(matter: Matter) -> Paper:
    """Return the report."""
    number = Numbered()
    sections = (_standing, _parts, _course, _stalls, _advice, _data)
    return Paper(
        title=said.title(matter, _("运行分析报告")),
        blocks=[block for section in sections for block in section(matter, number)],
        addressee=said.addressee(matter),
        signed=said.signed(matter),
        dated=said.day(matter.on),
        on=matter.on,
        note=said.note(),
        ribbon=said.ribbon(matter),
        language="zh" if speaks_chinese() else "en",
    )


def _standing(matter: Matter, number: Numbered) -> list[Block]:
    blocks: list[Block] = [number(_("总体情况")), Text(said.verdict(matter) + said.beside(matter))]
    if matter.has_h:
        chances = wording.list_chances(matter.own, research=matter.research)
        blocks += [
            _plane(matter),
            Text(_("图中橙色圆点为本级，浅色区域为可能区间，折线为逐月轨迹；空心圆点为下级，不标名。")),
        ]
        if chances:
            told = _("，").join(f"{name} {chance}" for name, chance in chances)
            blocks += [Text(_("四种情形的可能性：%(told)s。") % {"told": told})]
    return blocks


def _plane(matter: Matter) -> Picture:
    dots = list_dots(matter.scene, has_h=True, named=False)
    words = words_of(matter.scene, dots, research=matter.research)
    words |= {"v": said.noun(matter, "V"), "h": said.noun(matter, "H")}
    course = steps_of(matter.scene.months, has_h=True)
    svg = draw_plane(dots, size=PLANE, words=words, course=course, ribbon=said.ribbon(matter))
    return Picture(str(svg), _("图 1 %(name)s") % {"name": term("mode_plane")}, words["told"], PLANE, 118)


def _parts(matter: Matter, number: Numbered) -> list[Block]:
    table = said.figure_table(matter, _("表 1 各方面的数值"))
    return [number(_("纵横两个方面")), table, *(_weak_part(matter, name) for name in _weak(matter))]


def _weak_part(matter: Matter, name: str) -> Text:
    # a part under .5 is named with what it means
    told = _("%(value)s，低于 0.5。%(definition)s") % {
        "value": said.value(matter.own["values"][name]),
        "definition": wording.definition(name)[0],
    }
    return Text(told, said.noun(matter, name) + _("："))


def _weak(matter: Matter) -> list[str]:
    values = matter.own["values"]
    names = [name for name in said.figures_of(matter) if name not in ("V", "H")]
    return [name for name in names if (values[name] if values[name] is not None else 1) < wording.HALF]


def _course(matter: Matter, number: Numbered) -> list[Block]:
    moved = said.change(matter)
    if not moved:
        return []
    names = ("V", "H") if matter.has_h else ("V",)
    headings = (
        _("截至月份"),
        *(word for name in names for word in (said.noun(matter, name), capfirst(term("interval")))),
    )
    rows = tuple(
        (
            written_month(month.month),
            *(
                word
                for name in names
                for word in (
                    said.value(month.values.get(name)),
                    wording.span(month.low.get(name), month.high.get(name)) or "–",
                )
            ),
        )
        for month in matter.scene.months[-MONTHS:]
    )
    blocks: list[Block] = [number(_("近一年的变化")), Text(moved)]
    if not matter.has_h:
        blocks.append(_course_picture(matter))
    table = Table(
        _("表 2 逐月数值（每行为截至该月的 12 个月）"), headings, rows, (1.2, *(1.3 for _each in headings[1:]))
    )
    return [*blocks, table]


def _course_picture(matter: Matter) -> Picture:
    dots = list_dots(matter.scene, has_h=False, named=False)
    words = words_of(matter.scene, dots, research=False)
    svg = draw_course(steps_of(matter.scene.months, has_h=False), size=COURSE, words=words)
    return Picture(str(svg), _("图 1 %(name)s") % {"name": words["course"]}, said.change(matter), COURSE, 130)


def _stalls(matter: Matter, number: Numbered) -> list[Block]:
    lost = said.stalls(matter, STALLS)
    if not lost:
        return []
    told = _("按层级看，提升余地较大的环节：%(lost)s。具体到单位的情况请在平台上查看。") % {"lost": _("；").join(lost)}
    return [number(term("bottleneck")), Text(told)]


def _advice(matter: Matter, number: Numbered) -> list[Block]:
    proposed = list_advice(matter, ADVICE, grounds=True)
    if not proposed:
        return []
    opened = _("以下由系统按预计提升列出，须由人决定是否形成拟办意见。")
    return [number(_("参考建议")), Text(opened), *proposed]


def _data(matter: Matter, number: Numbered) -> list[Block]:
    shares = wording.list_shares(matter.own["coverage"])
    rows = tuple((share.name, share.value, share.definition) for share in shares)
    table = Table(_("表 3 数据覆盖情况"), (_("项目"), _("数值"), _("含义")), rows, (1.5, 0.8, 5))
    snapshot = matter.snapshot
    about = {"tau": snapshot.tau, "draws": snapshot.draws, "seed": snapshot.seed}
    method = _("参数：合并强度 %(tau)s，抽样 %(draws)s 次，随机种子 %(seed)s。同一数据、同一参数，结果相同。") % about
    defined = [Text(told, name + _("：")) for name, told, formula in wording.definitions()[:3]]
    return [number(_("数据与方法")), table, Text(wording.said_covers(matter.own["coverage"])), *defined, Text(method)]
