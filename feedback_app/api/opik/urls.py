"""Opik's addresses of datasets and of what deletes scores; the site serves them under its prefixes
(opik.md §0.1)."""

from django.urls import path

from feedback_app.api.opik.views import dataset_items, dataset_versions, datasets, deleted_scores

private = [
    path("datasets", datasets.Datasets.as_view()),
    path("datasets/retrieve", datasets.DatasetRetrieve.as_view()),
    path("datasets/delete", datasets.DatasetDelete.as_view()),
    path("datasets/delete-batch", datasets.DatasetDeleteBatch.as_view()),
    path("datasets/items", dataset_items.Items.as_view()),
    path("datasets/items/stream", dataset_items.ItemStream.as_view()),
    path("datasets/items/delete", dataset_items.ItemDelete.as_view()),
    path("datasets/items/<uuid:item_id>", dataset_items.Item.as_view()),
    path("datasets/<uuid:dataset_id>", datasets.DatasetItem.as_view()),
    path("datasets/<uuid:dataset_id>/items", dataset_items.DatasetItems.as_view()),
    path("datasets/<uuid:dataset_id>/versions", dataset_versions.Versions.as_view()),
    path(
        "datasets/<uuid:dataset_id>/versions/retrieve", dataset_versions.VersionRetrieve.as_view()
    ),
    path(
        "traces/<uuid:trace_id>/feedback-scores/delete", deleted_scores.TraceScoreDelete.as_view()
    ),
    path("traces/threads/feedback-scores/delete", deleted_scores.ThreadScoreDelete.as_view()),
]
