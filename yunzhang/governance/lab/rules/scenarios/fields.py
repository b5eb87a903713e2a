"""What each what-if asks for: drives the form, the file reader and the docs alike."""

from __future__ import annotations

from dataclasses import dataclass

from yunzhang.base.errors import zh
from yunzhang.governance.lab.terms import Do

MANY = 500


@dataclass(frozen=True, slots=True)
class Field:
    """One value of a what-if: number | share | days | text | unit | choice, with what stands when it is left out.

    `endless`: it may be infinite, which its upper bound already is to the engine.
    """

    name: str
    kind: str
    default: float | str
    label: str
    low: float = 0.0
    high: float = 1.0
    choices: tuple[str, ...] = ()
    endless: bool = False


def _share(name: str, default: float, label: str) -> Field:
    return Field(name, "share", default, label)


def _rate(default: float) -> Field:
    return Field("rate", "number", default, zh("每月件数"), 0.0, 200.0)


def _chance(default: float) -> Field:
    return _share("chance", default, zh("收到后办成的可能"))


def _term(default: float) -> Field:
    return Field("term", "days", default, zh("时限（天）"), 1, 365)


TITLES = {
    Do.APPOINT_LEADER: zh("明确一位负责同志牵头"),
    Do.RAISE_SYSTEM: zh("提级统筹（学术情景）"),
    Do.SIGN_AGREEMENT: zh("地区间签订协议"),
    Do.OPEN_CHANNEL: zh("开通群众或企业渠道"),
    Do.MOVE_OFFICE: zh("办公室改设"),
    Do.SET_MEETINGS: zh("调整调度会频次"),
    Do.CHANGE_PROGRAMME: zh("专项推进力度变化"),
    Do.VACATE_POST: zh("岗位空缺"),
    Do.MERGE_UNITS: zh("部门合并"),
    Do.SPLIT_UNIT: zh("部门拆分"),
    Do.ADD_SUPERIOR: zh("增加条线上级"),
    Do.ADD_LINKS: zh("增加单位间直接联系"),
    Do.LOOSEN_LINE: zh("上下级约束变化"),
}
FIELDS: dict[Do, tuple[Field, ...]] = {
    Do.APPOINT_LEADER: (
        Field("capacity", "number", 6, zh("每天可跟进的横向事项件数"), 0, 1000),
        _chance(0.9),
        _share("refresh", 0.2, zh("每次交办带来的注意提升")),
    ),
    Do.RAISE_SYSTEM: (
        _rate(2),
        _chance(0.9),
        _share("refresh", 0.2, zh("每次交办带来的注意提升")),
        Field("reach", "number", 1, zh("直接影响的层级数"), 0, 10),
        _share("across", 0.8, zh("与外省及各地区间事项办成的可能")),
    ),
    Do.SIGN_AGREEMENT: (_rate(1), _chance(0.85), _term(30)),
    Do.OPEN_CHANNEL: (
        Field("kind", "choice", "citizen", zh("渠道对象"), choices=("citizen", "enterprise", "organisation")),
        _rate(2),
        _chance(0.8),
        _term(15),
    ),
    Do.MOVE_OFFICE: (Field("was", "unit", "", zh("原设在")),),
    Do.SET_MEETINGS: (
        Field("every", "days", 30, zh("间隔（天）"), 1, 366),
        _share("gain", 0.3, zh("每次会议带来的注意提升")),
        Field("programme", "text", "", zh("重新推动的专项")),
    ),
    Do.CHANGE_PROGRAMME: (
        Field("programme", "text", "", zh("专项名称")),
        Field("factor", "number", 0.5, zh("推进力度变为原来的倍数"), 0, 5),
    ),
    Do.VACATE_POST: (),
    Do.MERGE_UNITS: (_share("keep", 1.0, zh("保留的办理能力")),),
    Do.SPLIT_UNIT: (
        _share("share", 0.5, zh("划出的事项与能力")),
        Field("name", "text", "", zh("新单位名称")),
        _rate(1),
        _chance(0.6),
    ),
    Do.ADD_SUPERIOR: (Field("superior", "unit", "", zh("条线上级")), _rate(1), _chance(0.9)),
    Do.ADD_LINKS: (
        Field("count", "number", 0, zh("联系条数（不点选单位时）"), 0, 10_000_000),
        Field("lam", "number", 0.5, zh("跨层级倾向 λ"), 0, 1000, endless=True),
        Field("zeta", "number", 0.5, zh("跨距离倾向 ζ"), 0, 1000, endless=True),
        _rate(0.5),
        _chance(0.85),
        _term(20),
    ),
    Do.LOOSEN_LINE: (Field("factor", "number", 0.65, zh("上下级办成可能变为原来的倍数"), 0, 2),),
}
HOW_MANY: dict[Do, tuple[int, int]] = {
    Do.APPOINT_LEADER: (2, 12),
    Do.RAISE_SYSTEM: (0, 0),
    Do.SIGN_AGREEMENT: (2, 20),
    Do.OPEN_CHANNEL: (1, MANY),
    Do.MOVE_OFFICE: (1, 1),
    Do.SET_MEETINGS: (0, 1),
    Do.CHANGE_PROGRAMME: (0, 0),
    Do.VACATE_POST: (1, MANY),
    Do.MERGE_UNITS: (2, 6),
    Do.SPLIT_UNIT: (1, 1),
    Do.ADD_SUPERIOR: (1, MANY),
    Do.ADD_LINKS: (0, 30),
    Do.LOOSEN_LINE: (0, 1),
}
BEHAVIOUR: dict[str, Field] = {
    "capacity": Field("capacity", "number", 1e9, zh("每单位每天办理件数"), 0, 1e9, endless=True),
    "attention": _share("attention", 1.0, zh("注意的下限")),
    "halves_in": Field("halves_in", "number", 1e9, zh("注意减半天数"), 0, 1e9, endless=True),
    "refresh": _share("refresh", 0.0, zh("每次交办带来的注意提升")),
    "relay": _share("relay", 0.0, zh("收到后逐级转办的可能")),
    "hop": _share("hop", 1.0, zh("逐级传递一步的可能")),
    "aside": _share("aside", 1.0, zh("横向传递一步的可能")),
    "partners": Field("partners", "number", 3, zh("每侧往来的同级单位数"), 0, 1000),
    "by_hand": Field("by_hand", "number", 0, zh("横向事项逐级转递（1 是，0 否）"), 0, 1),
    "late": _share("late", 0.6, zh("未办成的事项中超期办结的比重")),
    "refused": _share("refused", 0.05, zh("未办成的事项中不予办理的比重")),
}
