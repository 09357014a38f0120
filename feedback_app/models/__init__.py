from feedback_app.models.api_keys import ApiKey
from feedback_app.models.bulk_changes import BulkChange
from feedback_app.models.corrections import Correction, CorrectionVersion
from feedback_app.models.dataset_imports import DatasetImport
from feedback_app.models.datasets import Datapoint, Dataset
from feedback_app.models.deleted_datapoints import DeletedDatapoint
from feedback_app.models.generations import Generation
from feedback_app.models.guideline_reads import GuidelineRead
from feedback_app.models.list_exports import ListExport
from feedback_app.models.queue_rules import QueueCandidate, QueueRule, QueueRuleRun
from feedback_app.models.reviews import Review
from feedback_app.models.saved_views import DefaultView, SavedView
from feedback_app.models.snapshots import Snapshot, SnapshotItem
from feedback_app.models.users import User

__all__ = [
    "ApiKey",
    "BulkChange",
    "Correction",
    "CorrectionVersion",
    "Datapoint",
    "Dataset",
    "DatasetImport",
    "DefaultView",
    "DeletedDatapoint",
    "Generation",
    "GuidelineRead",
    "ListExport",
    "QueueCandidate",
    "QueueRule",
    "QueueRuleRun",
    "Review",
    "SavedView",
    "Snapshot",
    "SnapshotItem",
    "User",
]
