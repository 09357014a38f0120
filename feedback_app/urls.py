"""The whole site on one page."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, path

from feedback_app.views import home, users

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("", home.home, name="home"),
    path("sign-in", users.sign_in, name="sign-in"),
    path("sign-out", users.sign_out, name="sign-out"),
    path("signed-out", users.signed_out, name="signed-out"),
    path("settings/password", users.change_password, name="change-password"),
    path("settings/theme", users.theme, name="theme"),
    path("settings/workspace", users.workspace_switch, name="workspace-switch"),
]
