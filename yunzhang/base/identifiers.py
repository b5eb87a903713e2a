"""Identifiers of law, checked: division codes, unified social credit codes, citizen numbers. Pure.

The outer check of a credit code is python-stdnum's; the inner one (GB 11714, characters 9-17) is ours.
"""

from __future__ import annotations

from datetime import date

from stdnum.cn import uscc as outer
from stdnum.exceptions import ValidationError

from yunzhang.base.errors import Invalid, zh

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100: no I O S V Z
INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
CITIZEN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CITIZEN_CHECKS = "10X98765432"
DIVISION_LENGTHS = (2, 4, 6, 9, 12)
FIELDS = {
    "division": zh("行政区划代码"),
    "uscc": zh("统一社会信用代码"),
    "organisation": zh("组织机构代码"),
    "citizen": zh("公民身份号码"),
}


def _wrong(field: str, problem: str) -> Invalid:
    return Invalid(field=FIELDS[field], problem=problem)


def division_code(text: str) -> str:
    """Return a division code, spaces dropped: 2, 4, 6, 9 or 12 digits. Raises Invalid.

    Whether the code is in use on a day is for the dated list to say; it has no check digit. Source: GB/T 2260, 10114.

    >>> division_code(" 500101 ")
    '500101'
    """
    code = text.strip()
    if not (code.isascii() and code.isdigit()):
        raise _wrong("division", zh("只能由数字组成"))
    if len(code) not in DIVISION_LENGTHS:
        raise _wrong("division", zh("应为 2、4、6、9 或 12 位"))
    if code[0] not in "123456789" or code[:2] == "10":
        raise _wrong("division", zh("前两位不是省级代码"))
    return code


def organisation_code(text: str) -> str:
    """Return a nine-character organisation code, hyphen dropped, its check verified. Raises Invalid.

    Source: GB 11714.

    >>> organisation_code("80210043-3")
    '802100433'
    """
    code = text.strip().upper().replace("-", "")
    if len(code) != 9 or any(sign not in ALPHABET + "IOSVZ" for sign in code[:8]):
        raise _wrong("organisation", zh("应为 8 位数字或大写字母加 1 位校验码"))
    total = sum(weight * int(sign, 36) for weight, sign in zip(INNER_WEIGHTS, code, strict=False))
    check = {10: "X", 11: "0"}.get(11 - total % 11, str(11 - total % 11))
    if code[8] != check:
        raise _wrong("organisation", zh("第 9 位校验码不符"))
    return code


def credit_code(text: str) -> str:
    """Return a unified social credit code, spaces dropped, both of its checks verified. Raises Invalid.

    Source: GB 32100; characters 9-17 are the organisation code of GB 11714 with its own check.

    >>> credit_code("91110000802100433B")
    '91110000802100433B'
    """
    code = text.strip().replace(" ", "").upper()
    if len(code) != 18:
        raise _wrong("uscc", zh("应为 18 位"))
    if any(sign not in ALPHABET for sign in code):
        raise _wrong("uscc", zh("含有不允许的字符（不用 I、O、S、V、Z）"))
    try:
        outer.validate(code)
    except ValidationError as error:
        raise _wrong("uscc", zh("第 18 位校验码或登记机关代码不符")) from error
    try:
        organisation_code(code[8:17])
    except Invalid as error:
        raise _wrong("uscc", zh("第 9 至 17 位组织机构代码的校验码不符")) from error
    return code


def citizen_number(text: str, *, today: date | None = None) -> str:
    """Return a citizen's number, its date and check verified. Raises Invalid.

    The first six digits may be a retired division code and are not looked up. Source: GB 11643.

    >>> citizen_number("11010519491231002x")
    '11010519491231002X'
    """
    number = text.strip().upper()
    if len(number) != 18 or not (number[:17].isascii() and number[:17].isdigit()):
        raise _wrong("citizen", zh("应为 17 位数字加 1 位校验码"))
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError as error:
        raise _wrong("citizen", zh("第 7 至 14 位不是真实的日期")) from error
    if born.year < 1850 or (today is not None and born > today):
        raise _wrong("citizen", zh("出生日期不在合理范围"))
    total = sum(weight * int(sign) for weight, sign in zip(CITIZEN_WEIGHTS, number, strict=False))
    if number[17] != CITIZEN_CHECKS[total % 11]:
        raise _wrong("citizen", zh("第 18 位校验码不符"))
    return number
