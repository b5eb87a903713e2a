"""The trajectory: each window as if measured alone, periods broken by a reorganisation, months that do not overlap."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from tests.directives.office import NOW, issue, open_office
from tests.org.places import system
from yunzhang.governance.observatory import actions
from yunzhang.governance.observatory.actions import trail
from yunzhang.governance.observatory.actions.interventions import list_interventions
from yunzhang.governance.observatory.actions.material import Material, number_study
from yunzhang.governance.observatory.actions.measuring import find_material
from yunzhang.governance.observatory.actions.trail import build_panel, build_trail
from yunzhang.governance.observatory.rules import measure
from yunzhang.governance.observatory.rules.monthly import count_months
from yunzhang.governance.observatory.rules.planted import Plan, plant, rates_of
from yunzhang.governance.observatory.rules.planted_place import plant_tree
from yunzhang.governance.observatory.rules.trailing import list_windows, measure_windows, month_start
from yunzhang.governance.observatory.terms import Mode, Parameters
from yunzhang.ground.org import actions as org
from yunzhang.ground.org.terms import Appointment

NONE = Parameters(draws=0)


@pytest.fixture(scope="module")
def planted():
    return plant(plant_tree(3, 2), Plan(rates_of(Mode.AUTHORITATIVE), events=24))


def material(planted, **changes):
    settled = Parameters(**({"draws": 20, "to_at": month_start(12 * 57)} | changes))
    measured = measure(planted.units, planted.loops, settled)
    number = number_study(measured.tree.ids)
    at = datetime(2027, 1, 2, tzinfo=UTC)
    return Material(measured, planted.units, planted.loops, at, number, study="planted")


def test_each_window_is_as_if_measured_alone(planted):
    windows = list_windows(12 * 56, 12 * 56 + 11)
    assert [window.held for window in windows] == list(range(3, 13))
    for window, found in zip(windows, measure_windows(planted.units, planted.loops, windows, NONE), strict=True):
        alone = measure(planted.units, planted.loops, replace(NONE, from_at=window.from_at, to_at=window.to_at))
        assert [one.values for one in found.figures()] == [one.values for one in alone.figures()]
        assert [one.coverage["late"] for one in found.figures()] == [one.coverage["late"] for one in alone.figures()]


def test_long_logs_get_24_windows():
    assert len(list_windows(600, 635)) == 24
    assert len(list_windows(600, 634)) == 12


def test_months_add_up_and_do_not_overlap(planted):
    measured = measure(planted.units, planted.loops, NONE)
    months = count_months(measured.tree, measured.threads, measured.charged, 12 * 56 + np.arange(14))
    met, due = months.inside(0, measured.tree.count)
    assert due[0].sum() == (measured.threads.alive & measured.charged.owed_up).sum()
    assert due[1].sum() == (measured.threads.alive & ~measured.charged.vertical).sum()
    assert (met <= due).all()


def test_a_studys_trail_holds_every_month_with_its_range(planted):
    found = dict(build_trail(material(planted)))
    body = found[1]
    assert [point["month"] for point in body["months"]] == [f"2026-{month:02d}" for month in range(3, 13)]
    assert all(point["low"]["V"] <= point["values"]["V"] <= point["high"]["V"] for point in body["months"])
    assert body["months"][-1]["values"]["H"] is not None
    assert (body["breaks"], body["acts"]) == ([], [])
    assert len(body["raw"]["series"]["vertical"]["met"]) == len(body["raw"]["months"]) == 12


def test_the_panel_names_nobody_and_holds_all_units_with_matters(planted):
    ((number, body),) = build_panel(material(planted))
    assert number == 0
    for side in (body, body["across"]):
        assert len(side["units"]) == len(side["met"]) == len(side["level"]) >= 10
        assert "names" not in side
    assert body["across"]["due"] != body["due"]


def test_a_log_with_nothing_due_has_no_trail(planted):
    empty = replace(planted, loops=planted.loops.slice(0, 0))
    assert list(build_trail(material(empty))) == []
    assert list(build_panel(material(empty))) == []


# ---- the office


@pytest.mark.django_db
def test_a_reorganisation_starts_a_new_period_for_those_it_touches():
    office = open_office()
    for month in range(6):
        at = NOW + timedelta(days=30 * month)
        due = (at + timedelta(days=20)).date()
        issue(office, "a", "b", at=at, due_on=due, report_on=())
    moved = NOW + timedelta(days=100)  # 10 June
    org.move_unit(system(), office.unit("a.finance"), office.unit("b"), at=moved)
    later = datetime(2026, 9, 20, tzinfo=UTC)
    trails = dict(build_trail(find_material(Parameters(draws=4), at=later)))
    city = trails[office.unit("city")]
    assert city["breaks"] == ["2026-06"]
    assert [point["period"] for point in city["months"]] == [0] + [1] * (len(city["months"]) - 1)
    assert {act["kind"] for act in city["acts"]} == {"unit_moved"}
    assert [act["kind"] for act in trails[office.unit("b")]["acts"]] == ["unit_moved"]
    assert trails[office.unit("a")]["acts"] == [], "it stands under the other county now"
    assert trails[office.unit("b")]["breaks"] == ["2026-06"]
    assert all(point["values"]["H"] is None for point in city["months"]), "no horizontal matter: H is missing"


@pytest.mark.django_db
def test_official_acts_are_told_by_unit_and_never_by_person():
    office = open_office()
    post = office.actors["a"].post
    at = datetime(2026, 7, 6, 2, tzinfo=UTC)
    org.end_appointment(system(), post, at=at)
    org.appoint(system(), [Appointment(post, "", "新任", at.date())], at=at + timedelta(hours=1))
    org.define_sector(system(), office.unit("city"), "law", "政法", units=[office.unit("city.finance")], at=at)
    found = list_interventions(first_month=12 * 56 + 2, last_month=12 * 56 + 9)
    assert [(one.on, one.kind) for one in found] == [
        (date(2026, 7, 6), "appointed"),
        (date(2026, 7, 6), "sector_defined"),
    ]
    assert found[0].units == (office.unit("a"),)
    assert len(found[1].units) == 1
    assert "新任" not in repr(found)
    assert list_interventions(first_month=12 * 56 + 8, last_month=12 * 56 + 9) == []


@pytest.mark.django_db
def test_the_refresh_keeps_both_facets():
    office = open_office()
    issue(office, "a", "b")
    actions.refresh_figures(NOW + timedelta(days=100))
    place = actions.find_place(office.actors["city"], office.unit("city"), at=NOW + timedelta(days=100))
    assert actions.find_facet(place, "trail")
    assert actions.find_facets(place, "panel", [0])[0]["units"]


def test_of_a_log_too_large_the_busiest_units_are_followed(planted, monkeypatch):
    monkeypatch.setattr(trail, "MOST_TRAILS", 2)
    found = dict(build_trail(material(planted)))
    assert len(found) == 2
    assert all(len(body["months"]) == 10 for body in found.values())
