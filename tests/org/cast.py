"""Posts and people for tests: one of each duty in the small place, and how they act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import uuid4

from tests.org.places import AT, Places, make_place, system
from yunzhang.ground.ledger.terms import Acting
from yunzhang.ground.org import actions as org
from yunzhang.ground.org.terms import Appointment, Duty, NewPost

DAY = date(2025, 1, 1)
NOW = datetime(2025, 6, 2, 2, tzinfo=UTC)
TODAY = date(2025, 6, 2)

# short name -> (unit, duty); each is held by the person of the same name
POSTS = {
    "mayor": ("city", Duty.LEADER),
    "city_officer": ("city", Duty.OFFICER),
    "office": ("city.big_data", Duty.OFFICE),
    "office_admin": ("city.big_data", Duty.ADMINISTRATOR),
    "bureau_head": ("city.big_data", Duty.LEADER),
    "auditor": ("city.finance", Duty.AUDITOR),
    "city_finance": ("city.finance", Duty.OFFICER),
    "a_chief": ("a", Duty.LEADER),
    "a_finance_head": ("a.finance", Duty.LEADER),
    "a_finance": ("a.finance", Duty.OFFICER),
    "a_civil": ("a.civil_affairs", Duty.OFFICER),
    "a_office": ("a.big_data", Duty.OFFICE),
    "a_admin": ("a.big_data", Duty.ADMINISTRATOR),
    "a_auditor": ("a.civil_affairs", Duty.AUDITOR),
    "b_chief": ("b", Duty.LEADER),
    "b_finance": ("b.finance", Duty.OFFICER),
    "a_town": ("a.town1", Duty.OFFICER),
}


@dataclass
class Cast:
    """The small place with its posts; `cast["mayor"]` acts as the mayor."""

    places: Places
    posts: dict[str, int]

    def __getitem__(self, name: str) -> Acting:
        return self.acting(name, name)

    def acting(self, person: str, post: str, *, on_behalf: str | None = None) -> Acting:
        """Return a person acting from a post, perhaps on behalf of another."""
        behalf = self.posts[on_behalf] if on_behalf else None
        unit = self.places[POSTS[on_behalf or post][0]]
        return Acting(person, self.posts[post], unit, behalf, uuid4())


def make_cast(*, at: datetime = AT) -> Cast:
    """Add the small place, its posts and one holder for each."""
    places = make_place(at=at)
    first = org.find_next_post()
    posts = {name: first + turn for turn, name in enumerate(POSTS)}
    rows = [
        NewPost(places[unit], duty.value, name, duty, official_order=turn, id=posts[name])
        for turn, (name, (unit, duty)) in enumerate(POSTS.items())
    ]
    org.add_posts(system(), rows, at=at)
    org.appoint(system(), [Appointment(posts[name], name, name, DAY) for name in POSTS], at=at)
    return Cast(places, posts)
