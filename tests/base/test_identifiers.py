"""Identifiers: known good ones pass, one changed character never does."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yunzhang.base.errors import Invalid
from yunzhang.base.identifiers import ALPHABET, citizen_number, credit_code, division_code, organisation_code
from yunzhang.base.search import bigrams, initials, is_initials

CREDIT = ("11100000000013127D", "91110000802100433B", "91440300708461136T")


@pytest.mark.parametrize("code", CREDIT)
def test_known_credit_codes_pass(code: str) -> None:
    assert credit_code(f" {code.lower()} ") == code
    assert organisation_code(code[8:17]) == code[8:17]


@given(st.sampled_from(CREDIT), st.integers(0, 17), st.sampled_from(ALPHABET))
@settings(max_examples=300)
def test_one_changed_character_of_a_credit_code_is_found(code: str, place: int, sign: str) -> None:
    spoiled = code[:place] + sign + code[place + 1 :]
    if spoiled == code:
        return
    with pytest.raises(Invalid):
        credit_code(spoiled)


def test_a_right_outer_check_over_a_wrong_inner_one_is_refused() -> None:
    from stdnum.cn import uscc

    body = "9111000080210043" + "4"
    forged = body + uscc.calc_check_digit(body)
    assert uscc.is_valid(forged)
    with pytest.raises(Invalid, match="第 9 至 17 位"):
        credit_code(forged)


@given(st.integers(0, 17), st.sampled_from("0123456789X"))
def test_one_changed_character_of_a_citizen_number_is_found(place: int, sign: str) -> None:
    good = "11010519491231002X"
    spoiled = good[:place] + sign + good[place + 1 :]
    if spoiled != good:
        with pytest.raises(Invalid):
            citizen_number(spoiled)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("110105194912310021", "校验码"),
        ("11010519490231002X", "日期"),
        ("1101051949123100", "17 位"),
        ("١" * 18, "17 位"),
    ],
)
def test_a_wrong_citizen_number_says_what_is_wrong(text: str, problem: str) -> None:
    with pytest.raises(Invalid, match=problem):
        citizen_number(text)


def test_division_codes_have_their_lengths_and_a_province() -> None:
    assert division_code("50") == "50"
    for wrong, problem in (("5001011", "位"), ("5O0101", "数字"), ("000000", "省级"), ("", "数字")):
        with pytest.raises(Invalid, match=problem):
            division_code(wrong)


def test_names_are_found_by_initials_and_pairs() -> None:
    assert initials("重庆市财政局") == "cqsczj"
    assert initials("12345热线（A）") == "12345rxa"
    assert bigrams("数据，共享") == ("数据", "据共", "共享")
    assert (bigrams("数"), bigrams("")) == (("数",), ())
    assert is_initials("sczj")
    assert not is_initials("财政 sczj")
