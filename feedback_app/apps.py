from importlib import import_module

from django.apps import AppConfig


class FeedbackAppConfig(AppConfig):
    """People, their work, and the place where everything is wired."""

    name = "feedback_app"
    verbose_name = "People and their work"

    def ready(self) -> None:
        import_module("feedback_app.api.schema")  # drf-spectacular finds it once it is imported
