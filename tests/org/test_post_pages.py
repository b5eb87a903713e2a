"""Pages of posts: what the administrator, a holder and everybody else find and may press."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tests.org.cast import NOW, TODAY, Cast, make_cast
from tests.org.places import system
from yunzhang.ground.org import actions as org
from yunzhang.kit import doors

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(doors, "now", lambda: NOW)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def signed_in(cast: Cast, name: str) -> Client:
    org.add_account(system(), name, org.make_password(), post=cast.posts[name], at=NOW)
    client = Client()
    client.force_login(get_user_model().objects.get(username=name))
    return client


def press(client: Client, path: str, **fields: Any) -> Any:
    return client.post(path, {"act_key": str(uuid4()), **fields})


def address(cast: Cast, post: str, verb: str = "") -> str:
    return f"/org/posts/{cast.posts[post]}{verb}"


def test_everybody_reads_a_post_and_only_some_find_forms(cast: Cast) -> None:
    forms = {}
    for name in ("a_admin", "a_finance", "a_civil", "b_chief"):
        page = signed_in(cast, name).get(address(cast, "a_finance"))
        assert page.status_code == 200
        text = page.content.decode()
        forms[name] = "/appoint" in text, "/delegate" in text
    expected = {
        "a_admin": (True, True),
        "a_finance": (False, True),
        "a_civil": (False, False),
        "b_chief": (False, False),
    }
    assert forms == expected


def test_the_administrator_ends_and_appoints(cast: Cast) -> None:
    admin = signed_in(cast, "a_admin")
    assert press(admin, address(cast, "a_chief", "/end"), on=TODAY.isoformat()).status_code == 303
    taken = press(
        admin, address(cast, "a_chief", "/appoint"), person="a_civil", kind="concurrent", from_on="2025-06-02"
    )
    assert taken.status_code == 303
    assert org.find_holders([cast.posts["a_chief"]], on=TODAY)[cast.posts["a_chief"]].person == "a_civil"
    text = admin.get(address(cast, "a_chief")).content.decode()
    assert "兼任" in text
    assert "a_chief" in text, "who held it before is still named"


def test_a_refused_form_says_why_and_keeps_what_was_typed(cast: Cast) -> None:
    admin = signed_in(cast, "a_admin")
    page = press(admin, address(cast, "a_chief", "/appoint"), name="李某", from_on="2025-06-03")
    assert page.status_code == 409
    text = page.content.decode()
    assert "担任" in text
    assert 'value="李某"' in text
    assert 'value="2025-06-03"' in text
    past = press(admin, address(cast, "a_chief", "/end"), on="2025-05-01")
    assert past.status_code == 422
    assert "过去各日由谁负责的记录不作更改" in past.content.decode()
    assert press(admin, address(cast, "a_chief", "/end"), on="昨天").status_code == 422


@pytest.mark.parametrize("name", ["a_finance", "b_chief", "auditor", "mayor"])
def test_nobody_else_changes_a_post(cast: Cast, name: str) -> None:
    client = signed_in(cast, name)
    for verb in ("/appoint", "/end", "/account", "/password", "/delegate"):
        assert press(client, address(cast, "a_chief", verb), name="x").status_code == 403, verb
    assert org.find_holders([cast.posts["a_chief"]], on=TODAY)[cast.posts["a_chief"]].person == "a_chief"


def test_a_holder_lends_and_takes_back(cast: Cast) -> None:
    client = signed_in(cast, "a_finance")
    page = client.get("/org/delegation").content.decode()
    assert f'value="{cast.posts["a_civil"]}"' in page
    assert f'value="{cast.posts["b_finance"]}"' not in page
    assert f'value="{cast.posts["a_admin"]}"' not in page
    fields = {"to_post": cast.posts["a_civil"], "own": "1", "next": "/org/delegation"}
    lent = press(client, address(cast, "a_finance", "/delegate"), **fields, to_on=(TODAY + timedelta(9)).isoformat())
    assert lent["Location"] == "/org/delegation"
    number = org.list_delegations([cast.posts["a_finance"]], on=TODAY)[0].id
    stranger = signed_in(cast, "b_chief")
    assert press(stranger, f"/org/delegations/{number}/end").status_code == 403
    assert press(client, f"/org/delegations/{number}/end", next="/org/delegation").status_code == 303
    assert not org.list_delegations([cast.posts["a_finance"]], on=TODAY)
    wrong = press(client, address(cast, "a_finance", "/delegate"), own="1", to_post="")
    assert (wrong.status_code, "请选择一个岗位" in wrong.content.decode()) == (422, True)


def test_a_borrower_wears_the_lent_hat_and_may_not_lend_it_on(cast: Cast) -> None:
    org.delegate(system(), cast.posts["a_finance"], cast.posts["a_civil"], at=NOW)
    client = signed_in(cast, "a_civil")
    assert "受委托" in client.get("/org/delegation").content.decode()
    assert press(client, "/act-from", post=cast.posts["a_finance"]).status_code == 303
    text = client.get("/org/delegation").content.decode()
    assert "不能转委托" in text
    assert press(client, address(cast, "a_finance", "/delegate"), to_post=cast.posts["a_chief"]).status_code == 403
    assert press(client, "/act-from", post=cast.posts["mayor"]).status_code == 403


def test_accounts_are_opened_and_passwords_renewed_once_shown(cast: Cast) -> None:
    admin, key = signed_in(cast, "a_admin"), str(uuid4())
    first = admin.post(address(cast, "a_chief", "/account"), {"act_key": key, "name": "chief"})
    again = admin.post(address(cast, "a_chief", "/account"), {"act_key": key, "name": "chief"})
    shown = [page.content.decode().split("<code>")[1].split("</code>")[0] for page in (first, again)]
    assert shown[0] == shown[1]
    assert org.check_sign_in("chief", shown[0], address="10.0.0.1", at=NOW)
    renewed = press(admin, address(cast, "a_chief", "/password")).content.decode()
    password = renewed.split("<code>")[1].split("</code>")[0]
    assert org.check_sign_in("chief", password, address="10.0.0.1", at=NOW)
    assert "<code>" not in admin.get(address(cast, "a_chief")).content.decode()
    assert press(admin, address(cast, "a_finance", "/account"), name="chief").status_code == 409


def test_who_was_responsible_on_a_day(cast: Cast) -> None:
    org.end_appointment(system(), cast.posts["a_chief"], at=NOW)
    client = signed_in(cast, "b_chief")
    unit = cast.places["a"]
    before = client.get(f"/org/units/{unit}/responsible?on=2025-06-01").content.decode()
    today = client.get(f"/org/units/{unit}/responsible").content.decode()
    assert ("2025年6月1日" in before, "空缺" in before) == (True, False)
    assert "空缺" in today
    assert client.get("/org/units/999999/responsible").status_code == 404
    assert client.get(f"/org/units/{unit}/responsible?on=x").status_code == 422
    assert client.get("/org/posts/999999").status_code == 404


def test_pages_take_few_queries(cast: Cast, django_assert_max_num_queries: Any) -> None:
    admin = signed_in(cast, "a_admin")
    for path in (address(cast, "a_finance"), "/org/delegation", f"/org/units/{cast.places['a']}/responsible"):
        with django_assert_max_num_queries(12):
            assert admin.get(path).status_code == 200
