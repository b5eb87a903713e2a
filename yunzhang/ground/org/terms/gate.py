"""Nouns of the gate "who may ask whom": the ask as it was meant, the verdict, the lawful forms it may take."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from yunzhang.base.errors import Sentence, YunzhangError, zh

__all__ = ["Alternative", "Ask", "Authority", "Form", "GateClosed", "Involved", "Lack", "Remedy", "Sentence", "Verdict"]


class Form(StrEnum):
    """An instruction binds; an advisory note or a letter of request asks (工作提示、商请函)."""

    INSTRUCTION = "instruction"
    ADVISORY = "advisory"


class Authority(StrEnum):
    """What an ask rests on beside the issuer's own competence."""

    OWN = "own"  # 本机关职权
    MINUTES = "minutes"  # 会议纪要
    INSTRUCTION = "instruction"  # 领导批示
    CONSENT = "consent"  # 经政府同意


class Remedy(StrEnum):
    """The lawful form an ask could take instead."""

    GOVERNMENT_NAME = "government_name"  # 以政府名义
    CONSENT = "consent"  # 经政府同意
    ADVISORY = "advisory"  # 工作提示、商请函
    CORRESPONDING = "corresponding"  # 发对口部门
    COUNTERSIGN = "countersign"  # 先会签
    COPY = "copy"  # 抄送另一上级机关
    NUMBER = "number"  # 补依据文号


class Lack(StrEnum):
    """What a person must still fill in before an alternative is complete."""

    NOTHING = ""
    NUMBER = "number"
    COUNTERSIGNS = "countersigns"
    ADDRESSEE = "addressee"


@dataclass(frozen=True, slots=True)
class Involved:
    """A department whose competence the matter touches; `agreed` is the number of its countersignature."""

    unit: int
    name: str
    agreed: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """One ask as a form declares it: in whose name, who handles it, on what, agreed with whom, copied to whom."""

    in_name_of: int
    handled_by: int | None = None
    authority: Authority = Authority.OWN
    number: str = ""
    form: Form = Form.INSTRUCTION
    involves: tuple[Involved, ...] = ()
    copied_to: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Alternative:
    """A lawful form of the same ask; `ask` is ready but for what it `lacks`."""

    remedy: Remedy
    label: Sentence
    ask: Ask
    lacks: Lack = Lack.NOTHING


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says: allowed or not, by which rule and source, and what would be lawful instead."""

    allowed: bool
    rule: str
    source: Sentence
    explanation: Sentence
    alternatives: tuple[Alternative, ...] = ()
    notices: tuple[Sentence, ...] = ()


class GateClosed(YunzhangError):
    """The ask may not go down in this form; the verdict explains and offers the lawful ones."""

    code = "gate_closed"
    category = "invalid"
    what = zh("%(explanation)s")
    why = zh("依据：%(source)s")
    do = zh("请从列出的合规方式中选择一种。")

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(explanation=verdict.explanation, source=verdict.source)
        self.verdict = verdict
