from django.apps import AppConfig
from django.db.backends.signals import connection_created

from traces_app.query.sql_functions import register_on_sqlite


class TracesAppConfig(AppConfig):
    """What happened, and what was said about it."""

    name = "traces_app"
    verbose_name = "Traces and what was said about them"

    def ready(self) -> None:
        connection_created.connect(register_on_sqlite, dispatch_uid="sql-functions")
