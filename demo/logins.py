"""The log-ins of the demo city: shown on the log-in page of the demo, and nowhere else."""

from __future__ import annotations

from demo import cast


def all_of_them() -> list[dict[str, str]]:
    """One for each person, as the log-in page shows them."""
    city = cast.city()
    return [
        {
            "username": person.login,
            "password": city.password,
            "name": person.name,
            "role": person.title,
            "unit": city.units[person.unit].short,
        }
        for person in city.staff
    ]


def table() -> str:
    """The same for a terminal."""
    rows = [f"  {each['username']:<12} {each['role']}（{each['name']}，{each['unit']}）" for each in all_of_them()]
    return "\n".join([f"登录账号（密码都是 {cast.city().password}）：", *rows])
