"""The whole site on one page."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from feedback_app.views import home, users
from traces_app.api.opik import urls as opik

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("", home.home, name="home"),
    path("sign-in", users.sign_in, name="sign-in"),
    path("sign-out", users.sign_out, name="sign-out"),
    path("signed-out", users.signed_out, name="signed-out"),
    path("settings/password", users.change_password, name="change-password"),
    path("settings/theme", users.theme, name="theme"),
    path("settings/workspace", users.workspace_switch, name="workspace-switch"),
    path("", include(opik.alive)),
    path("api/", include(opik.alive)),
    path("v1/private/", include(opik.private)),
    path("api/v1/private/", include(opik.private)),
]
