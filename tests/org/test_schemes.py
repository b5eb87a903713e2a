"""The six schemes, each as its sources say; and what they make of real and invented places."""

from __future__ import annotations

from collections import Counter

import pytest

from yunzhang.ground.org import actions as org
from yunzhang.ground.org import rules
from yunzhang.ground.org.terms import TYPICAL, BadScheme, Branch, Duty, Level, Scheme, UnitKind

CHIEFS = {
    "chongqing": {"总云长", "分管副市长（日常统筹）", "系统云长（{sector}）", "云长"},
    "guizhou": {"省级总云长", "第一云长", "云长"},
    "guangxi": {"云长"},
    "national": {"总云长", "云长"},
    "leading_group": {"领导小组组长", "领导小组副组长", "领导小组成员", "分管负责同志"},
    "cdo": {"市首席数据官", "部门首席数据官", "县（市、区）首席数据官", "县（市、区）首席数据执行官"},
}
OFFICE = {
    "chongqing": ("云长制办公室", "大数据应用发展管理局"),
    "guizhou": ("云长制办公室", "大数据发展管理局"),
    "guangxi": ("数字广西建设领导小组办公室", "大数据发展局"),
    "national": ("云长制办公室（情景）", "国家数据局"),
    "leading_group": ("数字南宁建设领导小组办公室", "大数据发展局"),
    "cdo": ("首席数据执行官办公室", "政务服务和大数据管理局"),
}
LEVELS = {
    "chongqing": "province county",
    "guizhou": "province city county",
    "guangxi": "province city",
    "national": "nation province city",
    "leading_group": "city",
    "cdo": "city county",
}
SOURCES = {
    "chongqing": {"S1", "S4", "S5", "S7"},
    "guizhou": {"S1", "S2", "S3"},
    "guangxi": {"S1", "S6", "S10"},
    "national": {"S1", "K1"},
    "leading_group": {"S13", "D1"},
    "cdo": {"C1", "C2", "C3", "S35"},
}


@pytest.fixture(params=sorted(CHIEFS))
def scheme(request: pytest.FixtureRequest) -> Scheme:
    return org.load_scheme(request.param)


def test_every_scheme_file_is_tested_here() -> None:
    assert org.list_schemes() == sorted(CHIEFS)


def test_posts_office_levels_and_sources_are_as_the_sources_say(scheme: Scheme) -> None:
    titles = {post.title for post in scheme.posts if post.duty is Duty.LEADER and post.title != "主要负责人"}
    host = next(body for body in scheme.bodies if body.code == scheme.office)
    assert titles == CHIEFS[scheme.name]
    assert (scheme.office_title, OFFICE[scheme.name][1]) == OFFICE[scheme.name]
    assert OFFICE[scheme.name][1] in {full for full, _ in host.names.values()}
    assert " ".join(scheme.levels) == LEVELS[scheme.name]
    assert set(scheme.sources) >= SOURCES[scheme.name]


def test_schemes_differ_from_one_another() -> None:
    schemes = [org.load_scheme(name) for name in org.list_schemes()]
    shapes = {(s.place, s.levels, s.office_title, tuple((p.title, p.at, p.unit) for p in s.posts)) for s in schemes}
    assert len(shapes) == 6
    assert [s.name for s in schemes if s.is_scenario] == ["national"]
    assert {s.name: s.wording for s in schemes if s.wording != "cloud_chief"} == {
        "leading_group": "leading_group",
        "cdo": "cdo",
    }


def test_what_nobody_has_seen_says_so(scheme: Scheme) -> None:
    entries = [*scheme.bodies, *scheme.posts, *scheme.sectors]
    assert all(entry.source == TYPICAL or entry.source for entry in entries)
    assert any(entry.source == TYPICAL for entry in entries)
    assert any(entry.source != TYPICAL for entry in entries)


def test_chongqing_has_six_sectors() -> None:
    names = [sector.name for sector in org.load_scheme("chongqing").sectors]
    assert names == ["政法", "组工", "住建", "交通", "农业农村", "对外开放"]


def test_an_unknown_key_code_or_source_is_refused() -> None:
    good = {
        "title": "试", "wording": "cloud_chief", "from": rules_day(), "place": "50", "depth": "county",
        "levels": ["province"], "office": {"unit": "finance", "title": "办"}, "sources": {"S1": "书"},
        "bodies": {"finance": {"all": "财政局", "source": "S1"}}, "posts": [],
    }  # fmt: skip
    assert rules.parse_scheme("good", good).bodies[0].source == "书"
    for spoiled in (
        {**good, "colour": "red"},
        {**good, "office": {"unit": "tax", "title": "办"}},
        {**good, "bodies": {"finance": {"all": "财政局", "source": "S9"}}},
        {**good, "bodies": {"finance": {"all": "财政局", "village": "组"}}},
        {**good, "levels": ["moon"]},
        {**good, "from": "2020"},
    ):
        with pytest.raises(BadScheme):
            rules.parse_scheme("bad", spoiled)


def rules_day() -> object:
    return org.LIST_DAY


def test_chongqing_stands_with_its_38_districts_and_their_departments() -> None:
    plan, _ = org.preview_place("chongqing")
    kinds = Counter((unit.kind, unit.level) for unit in plan.units)
    assert kinds[UnitKind.GOVERNMENT, Level.COUNTY] == 38
    assert kinds[UnitKind.GOVERNMENT, Level.CITY] == 0
    assert len(plan.units) >= 1500
    districts = Counter(unit.jurisdiction for unit in plan.units if unit.level is Level.COUNTY and unit.jurisdiction)
    assert min(districts.values()) >= 20


def test_a_depth_the_place_lacks_means_the_next_lower_one() -> None:
    at_city, _ = org.preview_place("chongqing", depth="city")
    at_county, _ = org.preview_place("chongqing", depth="county")
    assert at_city == at_county
    towns, _ = org.preview_place("chongqing", depth="town")
    assert sum(unit.kind is UnitKind.TOWN for unit in towns.units) > 1000


def test_another_place_may_be_named() -> None:
    plan, _ = org.preview_place("guizhou", place="520100", depth="county")
    assert plan.units[0].name == "贵阳市人民政府"
    assert any(unit.name == "贵阳市财政局" and unit.short_name == "市财政局" for unit in plan.units)


def test_every_guided_body_is_guided_by_its_kind_one_level_up() -> None:
    plan, _ = org.preview_place("guizhou")
    by_id = {unit.id: unit for unit in plan.units}
    guided = [(unit, by_id[upper]) for unit in plan.units for upper, _ in unit.guided_by]
    assert guided
    assert all(
        (lower.code == upper.code and lower.level > upper.level) or lower.code == upper.code for lower, upper in guided
    )
    finance = next(unit for unit in plan.units if unit.name == "云岩区财政局")
    assert by_id[finance.guided_by[0][0]].name == "贵阳市财政局"


def test_vertical_bodies_and_other_branches_stand_under_their_own_kind() -> None:
    plan, _ = org.preview_place("chongqing")
    by_id = {unit.id: unit for unit in plan.units}
    for unit in plan.units:
        above = by_id.get(unit.parent)
        if unit.level is Level.COUNTY and (unit.code == "tax" or unit.branch is not Branch.GOVERNMENT):
            assert above is not None
            assert above.code in (unit.code, "party_committee")
            assert by_id[unit.jurisdiction].kind is UnitKind.GOVERNMENT


def test_invented_places_share_the_structure_and_no_name_or_code() -> None:
    real, _ = org.preview_place("chongqing", depth="town")
    fake, divisions = org.preview_place("chongqing", depth="town", real_names=False)
    assert [(u.id, u.parent, u.kind, u.code, u.guided_by) for u in real.units] == [
        (u.id, u.parent, u.kind, u.code, u.guided_by) for u in fake.units
    ]
    assert fake.units[0].name == "江州市人民政府"
    names = {unit.name for unit in fake.units}
    assert {"甲区人民政府", "乙区人民政府", "甲区财政局"} <= names
    assert not names & {unit.name for unit in real.units}
    assert all(each.code.startswith("99") for each in divisions)
    assert {unit.source.split("：")[0] for unit in fake.units} == {"虚构", "结构参照", TYPICAL}
    assert len(names) == len(fake.units)


def test_the_national_scenario_reaches_the_cities() -> None:
    plan, _ = org.preview_place("national")
    levels = Counter(unit.level for unit in plan.units if unit.kind is UnitKind.GOVERNMENT)
    assert levels == {Level.NATION: 1, Level.PROVINCE: 31, Level.CITY: 333}
    assert plan.units[0].name == "中华人民共和国国务院"
