"""The web server's way in: `gunicorn wsgi:app`."""

from collections.abc import Mapping, Sequence

from config.logs import keep_to_level
from config.settings import Settings, current
from hotline.assembly import open_office
from hotline.web.app import create_app
from hotline.web.mapping import MapSettings


def demo_logins(settings: Settings) -> Sequence[Mapping[str, str]]:
    """What the log-in page of a demo shows; a real hotline never even reads it."""
    if not settings.demo:
        return ()
    from demo import logins

    return logins.all_of_them()


def map_centre(settings: Settings) -> tuple[float, float] | None:
    """Where the map begins; the demo's city is nowhere else."""
    if settings.map_centre is not None or not settings.demo:
        return settings.map_centre
    from demo import cast

    return cast.centre()


def city_names(settings: Settings) -> Mapping[str, str]:
    """The city's name by language; the demo's is its own."""
    if settings.city or not settings.demo:
        return settings.city
    from demo import cast

    return cast.names()


settings = current()
keep_to_level(settings)
app = create_app(
    open_office(settings, pool_size=settings.web_threads),
    secret_key=settings.secret_key,
    proxies=settings.proxies,
    redis_url=settings.redis_url,
    demo_logins=demo_logins(settings),
    map_settings=MapSettings(
        settings.map_tiles, settings.map_attribution, settings.map_coordinates, map_centre(settings)
    ),
    city_names=city_names(settings),
)
