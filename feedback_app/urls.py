"""The whole site on one page."""

from csp.decorators import csp_update
from django.contrib import admin
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, include, path
from django.utils.functional import lazy
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from feedback_app import comment_urls, dataset_urls, home_urls, job_urls, queue_urls, review_urls
from feedback_app.api.opik import urls as opik_datasets
from feedback_app.api.prem import urls as prem_datasets
from feedback_app.views import (
    api_keys,
    attachments,
    corrections,
    datasets,
    generations,
    list_exports,
    members,
    opik_links,
    peeks,
    saved_views,
    threads,
    trace_counts,
    trace_filters,
    trace_lists,
    trace_rows,
    traces,
    users,
    verdicts,
)
from traces_app.api.opik import urls as opik
from traces_app.api.prem import urls as prem

# Swagger UI writes styles into its page; nothing else on the site may.
swagger = csp_update({"style-src": ["'unsafe-inline'"]})(
    SpectacularSwaggerSplitView.as_view(url_name="api-schema")
)

handler404 = "traces_app.api.middleware.not_found"
handler500 = "traces_app.api.middleware.server_error"

# What shows none of our pages, as the operator's do, has browsers ask for it here.
favicon = RedirectView.as_view(url=lazy(static, str)("img/favicon.svg"))

# What is asked for most comes first: each pattern before it is tried in vain.
urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/session/redirect/projects/", opik_links.to_trace, name="opik-link"),
    path("api/v1/session/redirect/projects/", opik_links.to_trace),
    path("api/schema", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/docs", swagger, name="api-docs"),
    path("", include(opik.alive)),
    path("api/", include(opik.alive)),
    path("v1/private/", include(opik.private)),
    path("v1/private/", include(opik_datasets.private)),
    path("api/v1/private/", include(opik.private)),
    path("api/v1/private/", include(opik_datasets.private)),
    path("api/rest/v2/", include(opik.account)),
    # Where `opik configure` leads an SDK that it has given a key.
    path("opik/api/v1/session/redirect/projects/", opik_links.to_trace),
    path("opik/api/", include(opik.alive)),
    path("opik/api/v1/private/", include(opik.private)),
    path("opik/api/v1/private/", include(opik_datasets.private)),
    path("api/v1/", include(prem_datasets.studio)),
    path("api/v1/", include(prem.studio)),
    path("", include(review_urls)),
    path("favicon.ico", favicon),
    path("admin/", admin.site.urls),
    path("", include(home_urls)),
    path("sign-in", users.sign_in, name="sign-in"),
    path("sign-out", users.sign_out, name="sign-out"),
    path("signed-out", users.signed_out, name="signed-out"),
    path("settings/password", users.change_password, name="change-password"),
    path("settings/theme", users.theme, name="theme"),
    path("settings/workspace", users.workspace_switch, name="workspace-switch"),
    path("settings/keys", api_keys.keys, name="api-keys"),
    path("settings/keys/<uuid:key_id>/revoke", api_keys.revoke, name="api-key-revoke"),
    path("settings/members", members.list_or_add, name="members"),
    path("settings/members/<uuid:membership_id>/role", members.set_role, name="member-role"),
    path("settings/members/<uuid:membership_id>/remove", members.remove, name="member-remove"),
    path("traces", trace_lists.traces, name="traces"),
    path("traces/views", saved_views.views, name="saved-views"),
    path("traces/views/<uuid:view_id>", saved_views.view, name="saved-view"),
    path("traces/count", trace_counts.count, name="trace-count"),
    path("traces/arrivals", trace_counts.arrivals, name="trace-arrivals"),
    path("traces/filter", trace_filters.trace_filter, name="trace-filter"),
    path("traces/exports", list_exports.ask, name="trace-export"),
    path("exports", list_exports.shelf, name="exports"),
    path("exports/<uuid:export_id>", list_exports.one, name="export"),
    path("exports/<uuid:export_id>/file", list_exports.download, name="export-file"),
    path("exports/<uuid:export_id>/forget", list_exports.forget, name="export-forget"),
    path("traces/<uuid:trace_id>", traces.trace, name="trace"),
    path("traces/<uuid:trace_id>/peek", peeks.peek, name="trace-peek"),
    path("traces/<uuid:trace_id>/row", trace_rows.row, name="trace-row"),
    path("traces/<uuid:trace_id>/thread", threads.of_trace, name="trace-thread-of"),
    path("threads/<uuid:thread_model_id>", threads.thread, name="trace-thread"),
    path("attachments/<uuid:attachment_id>", attachments.attachment, name="attachment"),
    path("traces/<uuid:trace_id>/verdict", verdicts.give, name="trace-verdict"),
    path(
        "traces/<uuid:trace_id>/verdict/withdraw",
        verdicts.withdraw,
        name="trace-verdict-withdraw",
    ),
    path("", include(comment_urls)),
    path("traces/<uuid:trace_id>/correction", corrections.submit, name="trace-correction"),
    path(
        "traces/<uuid:trace_id>/correction/draft",
        corrections.draft,
        name="trace-correction-draft",
    ),
    path(
        "traces/<uuid:trace_id>/correction/discard",
        corrections.discard,
        name="trace-correction-discard",
    ),
    path("traces/<uuid:trace_id>/correction/undo", corrections.undo, name="trace-correction-undo"),
    path("traces/<uuid:trace_id>/dataset", datasets.add, name="trace-dataset"),
    path("traces/<uuid:trace_id>/writing", generations.of_trace, name="trace-writing"),
    path("", include(dataset_urls)),
    path("", include(queue_urls)),
    path("", include(job_urls)),
]
