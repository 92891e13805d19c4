"""The web server's way in: `gunicorn wsgi:app`."""

from config.settings import current
from hotline.assembly import open_office
from hotline.web.app import create_app

settings = current()
app = create_app(
    open_office(settings, pool_size=settings.web_threads),
    secret_key=settings.secret_key,
    redis_url=settings.redis_url,
    carrier_token=settings.twilio_auth_token,
)
