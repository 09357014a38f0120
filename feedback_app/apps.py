from django.apps import AppConfig


class FeedbackAppConfig(AppConfig):
    """People, their work, and the place where everything is wired."""

    name = "feedback_app"
    verbose_name = "People and their work"
