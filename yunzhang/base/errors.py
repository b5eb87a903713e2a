"""The one family of errors every door shows: what happened, why, and what to do.

Texts are Chinese message ids with %(name)s places; doors translate them. Nothing here knows of HTTP or Django.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Category = Literal["refused", "missing", "conflict", "invalid", "unavailable"]


def zh(text: str) -> str:
    """Return the message id unchanged; the call only marks it for the message catalogue.

    >>> zh("超期")
    '超期'
    """
    return text


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the interface: a Chinese message id and what fills it; doors translate it."""

    text: str
    params: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def __str__(self) -> str:
        return self.text % self.params if self.params else self.text


class YunzhangError(Exception):
    """A refusal a person can act on: a stable code, what happened, why, and what to do next."""

    code: ClassVar[str] = "error"
    category: ClassVar[Category] = "invalid"
    what: ClassVar[str] = zh("操作未能完成。")
    why: ClassVar[str] = ""
    do: ClassVar[str] = ""

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(self.code, params)

    def __str__(self) -> str:
        return " ".join(text % self.params for text in (self.what, self.why, self.do) if text)


class Refused(YunzhangError):
    """The one who acts has no right to do this here."""

    code = "refused"
    category = "refused"
    what = zh("您无权进行此项操作或查看此内容。")
    do = zh("如确需办理，请由责任单位的岗位人员登录后操作。")


class Missing(YunzhangError):
    """Nothing of that name or number is there."""

    code = "missing"
    category = "missing"
    what = zh("未找到所要的内容。")
    do = zh("请检查地址或编号是否正确。")


class Conflict(YunzhangError):
    """Somebody else acted first on the same thing."""

    code = "conflict"
    category = "conflict"
    what = zh("该事项刚刚已由他人办理。")
    why = zh("两人同时办理同一事项时，以先办理者为准。")
    do = zh("请刷新页面查看最新情况。")


class Invalid(YunzhangError):
    """What was handed in cannot be used as it is."""

    code = "invalid"
    category = "invalid"
    what = zh("%(field)s 填写有误：%(problem)s。")
