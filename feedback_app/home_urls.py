"""My work, and what the caller has done and was told."""

from django.urls import path

from feedback_app.views import home, notices

urlpatterns = [
    path("", home.home, name="home"),
    path("history", home.history, name="home-history"),
    path("notices", notices.shelf, name="home-notices"),
    path("notices/read", notices.read_all, name="home-notices-read"),
    path("notices/<uuid:notice_id>", notices.follow, name="home-notice"),
    path("notices/<uuid:notice_id>/read", notices.read, name="home-notice-read"),
]
