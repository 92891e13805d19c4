"""What supervisors write down of the units' work, so that a month has something to be scored by."""

from __future__ import annotations

from hotline.models import Ground, Urgency
from hotline.services import enforcing, sampling, supervising
from hotline.services.month import points
from hotline.services.month.points import Wanted
from hotline.services.sampling import Pool
from tests.city import City

MARKET = "中心农贸市场"


def register(city: City, name: str = MARKET, unit: str = "lamps", who: str = "sven", **more: object) -> int:
    """A point with its person in charge; its id."""
    with city.work(who) as work:
        return points.add(work, Wanted(name, "张建国", city.unit_id(unit), **more)).id  # type: ignore[arg-type]


def watch(city: City) -> None:
    """Of 市政处, in four days: a result that was not borne out, a refusal, an urgent matter that is late and climbs the
    ladder; the first of them at the market."""
    closed = city.replied(text="市场门口路灯不亮", place=f"{MARKET}旁", wants_reply=False)
    today = city.now.astimezone(city.office.zone).date()
    with city.work("sven") as work:
        (drawn,) = sampling.draw(work, 1, Pool(today, today))
        assert drawn.ticket_id == city.ticket(closed).id
        sampling.record(work, drawn.id, False, "灯具没有更换")
    refused = city.handling(text="井盖缺失无人管")
    with city.work("sven") as work:
        supervising.supervise(work, refused, "yellow", Ground.REFUSAL, "立即办理")
    city.handling(text="电线垂落路面", urgency=Urgency.URGENT, urgency_reason="危及行人")
    city.turn(days=4)
    with city.work() as work:
        enforcing.run_pass(work)
