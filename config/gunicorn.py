"""How gunicorn serves the hotline. One process loads the application, the others share its memory."""

import gc
import os

from config.settings import current

settings = current()

wsgi_app = "wsgi:app"
bind = [f"[{settings.host}]:{settings.port}" if ":" in settings.host else f"{settings.host}:{settings.port}"]
workers = settings.web_workers
threads = settings.web_threads
worker_class = "gthread"
preload_app = True
timeout = 60
graceful_timeout = 4  # the process manager allows five seconds
keepalive = 5
loglevel = settings.log_level.lower()
proc_name = "hotline-web"
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - no disk for the heartbeat
control_socket_disable = True  # ./run is what starts and stops it

#: Between two looks for garbage; Python's 700 makes it look several times in every request.
OBJECTS = 20_000


#: Hardly anything is thrown away while the application is loaded: to look for it takes a tenth of the start.
gc.disable()


def when_ready(server: object) -> None:
    """The application is loaded and stays: it is not looked through for garbage, and its memory stays shared."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS)
    gc.enable()
