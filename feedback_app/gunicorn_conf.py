"""How gunicorn serves the product; every value that differs by place is in the settings.

gunicorn puts TCP_NODELAY on its sockets and sets no limit to the size of a body: the APIs count
and refuse by themselves. Behind a proxy on another machine, name it in FORWARDED_ALLOW_IPS, which
gunicorn reads, so that the scheme it forwards is believed.
"""

import gc
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "feedback_app.settings")

from django.conf import settings

bind = f"{settings.HOST}:{settings.PORT}"
wsgi_app = "feedback_app.wsgi"
worker_class = "gthread"
workers = settings.WEB_PROCESSES
threads = settings.THREADS
preload_app = False  # a pool of database connections must not be shared by forked processes

timeout = 120  # a heartbeat of the process, not of a request: long streams are safe
graceful_timeout = 10
keepalive = 75  # longer than clients keep an idle connection, so that they close it, not we

limit_request_line = 8190  # filters travel in the address
errorlog = "-"
accesslog = None
loglevel = "warning"
proc_name = "marginalia"
control_socket_disable = True  # two installations of one user would fight for its path


def post_worker_init(worker: object) -> None:
    """What has been imported stays: no look for garbage need walk through it."""
    gc.collect()
    gc.freeze()
