"""接口令牌 at the desk: a token is told once, works at once, and ends at once."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from hotline.models import ApiClient
from hotline.services import changing
from tests.city import City
from tests.desk import Person, make_app


def test_a_token_is_told_once_used_locked_and_let_in_again(city: City) -> None:
    app = make_app(city)
    adam = Person(app, "adam")
    form = adam.open("/desk/clients").form("/desk/clients")
    faulty = adam.send(form, name="市政系统", roles=[])
    assert faulty.status == 422 and "请至少选择一个角色" in faulty.text
    assert faulty.form("/desk/clients").values["name"] == ["市政系统"]
    told = adam.send(form, name="市政系统", unit_id=str(city.unit_id("lamps")), roles=["handler"])
    token = told.html.partition('value="hl_')[2].partition('"')[0]
    assert told.status == 200 and token
    twice = adam.send(form, name="市政系统", unit_id=str(city.unit_id("lamps")), roles=["handler"])
    assert "已被使用" in twice.text

    machine, header = app.test_client(), {"Authorization": f"Bearer hl_{token}"}
    assert machine.get("/api/v1/tickets", headers=header).status_code == 200
    assert city.scalar(sa.select(ApiClient.last_used_at)) == city.now
    city.turn(minutes=30)
    machine.get("/api/v1/tickets", headers=header)
    assert city.scalar(sa.select(ApiClient.last_used_at)) < city.now, "noted once an hour"

    page = adam.open("/desk/clients")
    assert token not in page.html
    assert adam.send(page.form("/lock")).status == 303
    city.turn(seconds=6)
    assert machine.get("/api/v1/tickets", headers=header).status_code == 401
    with city.work("adam") as work:
        changing.undo(work, changing.browse(work)[0].id)
    city.turn(seconds=6)
    assert machine.get("/api/v1/tickets", headers=header).status_code == 200
    assert token not in adam.open("/desk/changes").html


def test_a_county_keeps_its_own(city: City) -> None:
    with city.office.session() as session:
        session.execute(sa.text("UPDATE staff SET roles = '{administrator}' WHERE login = 'cora'"))
    app = make_app(city)
    adam, cora = Person(app, "adam"), Person(app, "cora")
    form = adam.open("/desk/clients").form("/desk/clients")
    adam.send(form, name="市政平台", unit_id=str(city.unit_id("lamps")), roles=["handler"])
    page = cora.open("/desk/clients")
    assert "市政平台" not in page.text
    client_id = city.scalar(sa.select(ApiClient.id))
    token = page.form("/desk/clients").values["csrf_token"]
    assert cora.client.post(f"/desk/clients/{client_id}/lock", data={"csrf_token": token}).status_code == 404
    beyond = cora.send(page.form("/desk/clients"), name="越界", unit_id=str(city.unit_id("lamps")), roles=["leader"])
    assert beyond.status == 422 and city.scalar(sa.select(sa.func.count()).select_from(ApiClient)) == 1


@pytest.mark.parametrize("name", ["名" * 61, " ", "\x00"])
def test_a_name_has_its_limits(city: City, name: str) -> None:
    adam = Person(make_app(city), "adam")
    form = adam.open("/desk/clients").form("/desk/clients")
    answer = adam.send(form, name=name, unit_id=str(city.unit_id("lamps")), roles=["handler"])
    assert answer.status == 422 and "最多60个字" in answer.text
    assert city.scalar(sa.select(sa.func.count()).select_from(ApiClient)) == 0
