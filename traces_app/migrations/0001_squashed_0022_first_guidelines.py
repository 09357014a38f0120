"""The tables as 0001 to 0022 leave them, for new databases: many times faster than one by one."""

from importlib import import_module

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import traces_app.models.project_rows
import traces_app.models.scores
import uuid
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models


_FUNCTIONS = import_module(f"{__package__}.0002_sql_functions")

KEYS = (
    ("traces_app_queueitem", "queue_id", "traces_app_annotationqueue", "item_is_of_a_queue_here"),
    (
        "traces_app_queuequestion",
        "queue_id",
        "traces_app_annotationqueue",
        "question_is_of_a_queue_here",
    ),
    (
        "traces_app_queuereviewer",
        "queue_id",
        "traces_app_annotationqueue",
        "reviewer_is_of_a_queue_here",
    ),
    ("traces_app_reservation", "item_id", "traces_app_queueitem", "reservation_is_of_an_item_here"),
)


def add_keys(apps, schema_editor):
    """On PostgreSQL what belongs to a row cannot outlive or leave it, checked at the commit."""
    if schema_editor.connection.vendor != "postgresql":
        return
    for table, column, parent, name in KEYS:
        schema_editor.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (project_id, {column}) "
            f"REFERENCES {parent} (project_id, id) DEFERRABLE INITIALLY DEFERRED"
        )


def drop_keys(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for table, _, _, name in KEYS:
        schema_editor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")


class Migration(migrations.Migration):
    replaces = [
        ("traces_app", "0001_initial"),
        ("traces_app", "0002_sql_functions"),
        ("traces_app", "0003_annotation_queues"),
        ("traces_app", "0004_thread_activity"),
        ("traces_app", "0005_count_traces_of_threads"),
        ("traces_app", "0006_score_mean_by_name"),
        ("traces_app", "0007_environments"),
        ("traces_app", "0008_attachments"),
        ("traces_app", "0009_multiple_and_text_definitions"),
        ("traces_app", "0010_reviews_needed_of_items"),
        ("traces_app", "0011_fill_reviews_needed"),
        ("traces_app", "0012_tell_of_comments"),
        ("traces_app", "0013_places_of_jobs"),
        ("traces_app", "0014_approval_of_generated"),
        ("traces_app", "0015_queue_orders_by_scores"),
        ("traces_app", "0016_double_reviews"),
        ("traces_app", "0017_cancel_jobs"),
        ("traces_app", "0018_anchor_comments"),
        ("traces_app", "0019_pairs_in_queues"),
        ("traces_app", "0020_trash"),
        ("traces_app", "0021_queue_guidelines"),
        ("traces_app", "0022_first_guidelines"),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Workspace",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("name", models.CharField(max_length=255)),
                (
                    "thread_idle_minutes",
                    models.PositiveIntegerField(
                        db_default=15,
                        default=15,
                        help_text="Minutes without a new trace after which a thread counts as inactive.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(43200),
                        ],
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("name"),
                        name="workspace_name_is_unique_without_regard_to_case",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("thread_idle_minutes__gte", 1), ("thread_idle_minutes__lte", 43200)
                        ),
                        name="workspace_lets_threads_rest_within_a_month",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("kind", models.CharField(max_length=100)),
                ("payload", models.TextField(default="{}", help_text="JSON text")),
                (
                    "key",
                    models.CharField(
                        help_text="Work with the same key is done once.",
                        max_length=255,
                        null=True,
                        unique=True,
                    ),
                ),
                (
                    "lane",
                    models.CharField(
                        choices=[
                            ("short", "short: seconds at most"),
                            ("long", "long: anything else"),
                            ("asking", "asking: waits for a machine that is not ours"),
                        ],
                        default="short",
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("attempts", models.IntegerField(default=0)),
                ("max_attempts", models.IntegerField(default=5)),
                ("run_after", models.DateTimeField()),
                (
                    "every_seconds",
                    models.IntegerField(help_text="Set on periodic work.", null=True),
                ),
                (
                    "lease_token",
                    models.UUIDField(default=uuid.UUID("00000000-0000-0000-0000-000000000000")),
                ),
                ("lease_until", models.DateTimeField(null=True)),
                (
                    "place",
                    models.IntegerField(
                        help_text="Held while it runs, where only so many run at once.", null=True
                    ),
                ),
                ("progress_done", models.BigIntegerField(default=0)),
                ("progress_total", models.BigIntegerField(null=True)),
                (
                    "checkpoint",
                    models.TextField(
                        default="",
                        help_text="JSON text: how far it came, saved with each part of its effect.",
                    ),
                ),
                (
                    "is_called_off",
                    models.BooleanField(default=False, help_text="It ends at its next step."),
                ),
                ("result", models.TextField(default="", help_text="JSON text")),
                ("error", models.TextField(default="")),
                (
                    "workspace_id",
                    models.UUIDField(default=uuid.UUID("00000000-0000-0000-0000-000000000000")),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("created_by_id", models.UUIDField(null=True)),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["lane", "state", "run_after"], name="job_to_claim"),
                    models.Index(fields=["finished_at"], name="job_to_purge"),
                    models.Index(
                        condition=models.Q(("created_by_id__isnull", False)),
                        fields=["workspace_id", "-id"],
                        name="job_by_workspace",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lease_until__isnull", False), ("state", "running")),
                            models.Q(
                                models.Q(("state", "running"), _negated=True),
                                ("lease_until__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="job_runs_under_a_lease",
                    ),
                    models.UniqueConstraint(
                        fields=("lane", "place"), name="job_place_is_held_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Project",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="projects",
                        to="traces_app.workspace",
                    ),
                ),
                ("name", models.CharField(max_length=255)),
                ("name_key", models.CharField(editable=False, max_length=1024)),
                ("description", models.TextField(blank=True, default="")),
                (
                    "dataset_threshold",
                    traces_app.models.scores.BillionthsField(
                        default="0.7",
                        help_text="From this score on, a trace's own output is a good answer.",
                    ),
                ),
                (
                    "approves_generated",
                    models.BooleanField(
                        db_default=True,
                        default=True,
                        help_text="A generated answer waits for a person's approval.",
                    ),
                ),
                ("trace_count", models.BigIntegerField(default=0, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("last_updated_at", models.DateTimeField(auto_now=True)),
                ("last_trace_at", models.DateTimeField(editable=False, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace", "name_key"), name="project_name_is_unique_in_workspace"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Deletion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "batch",
                    models.UUIDField(
                        help_text="Of what was deleted at once, in whatever projects."
                    ),
                ),
                ("number", models.BigIntegerField(default=0)),
                ("deleted_at", models.DateTimeField()),
                (
                    "deleted_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="traces_app.project",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["deleted_at"], name="deletion_to_purge")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "id"), name="deletion_is_in_one_project"
                    ),
                    models.UniqueConstraint(
                        fields=("project", "batch"), name="deletion_is_once_per_batch"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeletedTrace",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("trace_id", models.UUIDField()),
                ("name", models.TextField(blank=True, default="")),
                (
                    "input_head",
                    models.TextField(blank=True, default="", help_text="The input's beginning."),
                ),
                (
                    "deletion",
                    traces_app.models.project_rows.InProjectFK(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="traces",
                        to="traces_app.deletion",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="traces_app.project",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["project", "deletion", "trace_id"], name="deleted_trace_by_deletion"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "id"), name="deleted_trace_is_in_one_project"
                    ),
                    models.UniqueConstraint(
                        fields=("project", "trace_id"), name="deleted_trace_is_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeletedRows",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("trace_id", models.UUIDField()),
                ("model", models.CharField(help_text="As app.model.", max_length=100)),
                (
                    "rows",
                    models.TextField(
                        help_text="JSON text: an array of rows, each its columns by name."
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="traces_app.project",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["project", "trace_id", "id"], name="deleted_rows_by_trace")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "id"), name="deleted_rows_are_in_one_project"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "entity_type",
                    models.CharField(
                        choices=[("trace", "Trace"), ("span", "Span"), ("thread", "Thread")],
                        max_length=10,
                    ),
                ),
                ("entity_id", models.UUIDField()),
                ("text", models.TextField()),
                (
                    "anchor",
                    models.TextField(
                        blank=True,
                        help_text="JSON text: the stretch of the trace's text that it speaks of.",
                        null=True,
                    ),
                ),
                (
                    "queue_id",
                    models.UUIDField(default=uuid.UUID("00000000-0000-0000-0000-000000000000")),
                ),
                ("created_at", models.DateTimeField()),
                ("last_updated_at", models.DateTimeField()),
                (
                    "created_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "last_updated_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="traces_app.project",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["project", "entity_type", "entity_id", "id"],
                        name="comment_by_entity",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "id"), name="comment_is_in_one_project"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "entity_type",
                    models.CharField(
                        choices=[("trace", "Trace"), ("span", "Span"), ("thread", "Thread")],
                        max_length=10,
                    ),
                ),
                ("entity_id", models.UUIDField()),
                (
                    "file_name",
                    models.CharField(help_text="As it was sent; no path of ours.", max_length=255),
                ),
                (
                    "mime_type",
                    models.CharField(
                        help_text="As it was sent, believed by nobody.", max_length=255
                    ),
                ),
                (
                    "picture_type",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="The kind of image that the first bytes tell, if it may be shown; else empty.",
                        max_length=20,
                    ),
                ),
                ("size", models.BigIntegerField(help_text="Bytes.")),
                (
                    "storage_name",
                    models.CharField(help_text="Random; a new one at each upload.", max_length=100),
                ),
                ("created_at", models.DateTimeField()),
                (
                    "created_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="traces_app.project",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["storage_name"], name="attachment_by_file")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "id"), name="attachment_is_in_one_project"
                    ),
                    models.UniqueConstraint(
                        fields=("project", "entity_type", "entity_id", "file_name"),
                        name="attachment_is_once_per_file_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("entity_type__in", ("trace", "span"))),
                        name="attachment_is_of_a_trace_or_span",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("size__gte", 0)), name="attachment_size_is_not_negative"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AnnotationQueue",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("name", models.CharField(max_length=255)),
                ("description", models.TextField(blank=True, default="")),
                ("instructions", models.TextField(blank=True, default="", help_text="Markdown.")),
                (
                    "scope",
                    models.CharField(
                        choices=[("trace", "Trace"), ("thread", "Thread"), ("pair", "Pair")],
                        max_length=10,
                    ),
                ),
                (
                    "order",
                    models.CharField(
                        choices=[
                            ("oldest", "oldest first"),
                            ("newest", "newest first"),
                            ("random", "shuffled, the same for everyone"),
                            ("judge", "lowest judge score first"),
                            ("disagreement", "most disagreement first"),
                        ],
                        default="oldest",
                        max_length=20,
                    ),
                ),
                (
                    "is_for_everyone",
                    models.BooleanField(
                        default=True,
                        help_text="Every reviewer of the workspace sees it, not only named ones.",
                    ),
                ),
                (
                    "is_blind",
                    models.BooleanField(
                        default=False,
                        help_text="Reviewers see own scores only, before and after they submit.",
                    ),
                ),
                ("comments_enabled", models.BooleanField(default=False)),
                ("corrections_enabled", models.BooleanField(default=False)),
                (
                    "annotators_per_item",
                    models.PositiveIntegerField(
                        default=1,
                        help_text="Reviews that an item needs, and people who hold it at one time.",
                    ),
                ),
                (
                    "double_percent",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="Of the items, so many in a hundred need a second review.",
                    ),
                ),
                (
                    "lock_timeout_seconds",
                    models.PositiveIntegerField(
                        default=300, help_text="How long an item stays reserved for a reviewer."
                    ),
                ),
                (
                    "automation",
                    models.TextField(blank=True, help_text="JSON text, as it was sent.", null=True),
                ),
                (
                    "annotator_view",
                    models.TextField(
                        blank=True,
                        help_text="JSON text, as it was sent; its HTML is never shown.",
                        null=True,
                    ),
                ),
                ("item_count", models.BigIntegerField(default=0, editable=False)),
                ("created_at", models.DateTimeField()),
                ("last_updated_at", models.DateTimeField()),
                (
                    "created_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "last_updated_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="traces_app.project",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("order__in", ["judge", "disagreement"])),
                        fields=["project"],
                        name="queue_that_follows_scores",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "id"), name="queue_is_in_one_project"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("annotators_per_item__gte", 1), ("annotators_per_item__lte", 1000)
                        ),
                        name="queue_needs_1_to_1000_reviews_an_item",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("lock_timeout_seconds__gte", 1), ("lock_timeout_seconds__lte", 3600)
                        ),
                        name="queue_reserves_for_at_most_an_hour",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("double_percent__lte", 100)),
                        name="queue_doubles_at_most_all_its_items",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="QueueGuideline",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("number", models.PositiveIntegerField(help_text="From 1 on.")),
                ("instructions", models.TextField(blank=True, default="", help_text="Markdown.")),
                (
                    "questions",
                    models.TextField(default="[]", help_text="JSON text: all that makes each up."),
                ),
                ("created_at", models.DateTimeField()),
                (
                    "created_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="traces_app.project",
                    ),
                ),
                (
                    "queue",
                    traces_app.models.project_rows.InProjectFK(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="guidelines",
                        to="traces_app.annotationqueue",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "id"), name="guideline_is_in_one_project"
                    ),
                    models.UniqueConstraint(
                        fields=("project", "queue", "number"), name="guideline_is_once_per_number"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="QueueItem",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "entity_type",
                    models.CharField(
                        choices=[("trace", "Trace"), ("span", "Span"), ("thread", "Thread")],
                        max_length=10,
                    ),
                ),
                ("entity_id", models.UUIDField()),
                (
                    "other_id",
                    models.UUIDField(
                        blank=True,
                        help_text="Of a pair: the trace to compare with; the nil uuid: its newest correction.",
                        null=True,
                    ),
                ),
                (
                    "position",
                    models.BigIntegerField(
                        help_text="Its place in the queue's order, least first."
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[("manual", "Manual"), ("automated", "Automated")],
                        default="manual",
                        max_length=10,
                    ),
                ),
                ("reviews_needed", models.PositiveIntegerField(default=1)),
                ("review_count", models.PositiveIntegerField(default=0)),
                ("is_done", models.BooleanField(default=False)),
                ("added_at", models.DateTimeField()),
                (
                    "added_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="traces_app.project",
                    ),
                ),
                (
                    "queue",
                    traces_app.models.project_rows.InProjectFK(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="traces_app.annotationqueue",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["project", "entity_type", "entity_id"], name="queue_item_by_entity"
                    ),
                    models.Index(
                        fields=["project", "queue", "is_done", "position", "id"],
                        name="queue_item_to_review",
                    ),
                    models.Index(
                        condition=models.Q(("other_id__isnull", False)),
                        fields=["project", "other_id"],
                        name="queue_item_by_other",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "id"), name="queue_item_is_in_one_project"
                    ),
                    models.UniqueConstraint(
                        fields=("project", "queue", "entity_id"), name="queue_item_is_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("other_id__isnull", True),
                            models.Q(
                                ("entity_type", "trace"),
                                models.Q(("other_id", models.F("entity_id")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="pair_is_of_two_sides",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="QueueQuestion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("name", models.CharField(help_text="The score's name.", max_length=255)),
                ("position", models.PositiveIntegerField()),
                ("help", models.TextField(blank=True, default="")),
                (
                    "option_help",
                    models.TextField(default="{}", help_text="JSON text: help by option."),
                ),
                ("is_required", models.BooleanField(default=False)),
                ("default_answer", models.TextField(blank=True, help_text="JSON text.", null=True)),
                (
                    "show_if",
                    models.TextField(
                        blank=True,
                        help_text="JSON text: on which answers to others it is asked.",
                        null=True,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="traces_app.project",
                    ),
                ),
                (
                    "queue",
                    traces_app.models.project_rows.InProjectFK(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="questions",
                        to="traces_app.annotationqueue",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "id"), name="question_is_in_one_project"
                    ),
                    models.UniqueConstraint(
                        fields=("project", "queue", "name"), name="question_is_once_per_name"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="QueueReviewer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="traces_app.project",
                    ),
                ),
                (
                    "queue",
                    traces_app.models.project_rows.InProjectFK(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reviewers",
                        to="traces_app.annotationqueue",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "id"), name="reviewer_is_in_one_project"
                    ),
                    models.UniqueConstraint(
                        fields=("project", "user", "queue"), name="reviewer_is_once_per_queue"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reservation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                (
                    "holder",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "item",
                    traces_app.models.project_rows.InProjectFK(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reservations",
                        to="traces_app.queueitem",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="traces_app.project",
                    ),
                ),
                (
                    "queue",
                    traces_app.models.project_rows.InProjectFK(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="traces_app.annotationqueue",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["project", "queue", "expires_at"], name="reservation_by_queue"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "id"), name="reservation_is_in_one_project"
                    ),
                    models.UniqueConstraint(
                        fields=("project", "item", "holder"), name="reservation_is_once_per_holder"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Score",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "entity_type",
                    models.CharField(
                        choices=[("trace", "Trace"), ("span", "Span"), ("thread", "Thread")],
                        max_length=10,
                    ),
                ),
                ("entity_id", models.UUIDField()),
                ("name", models.CharField(max_length=255)),
                (
                    "queue_id",
                    models.UUIDField(
                        default=uuid.UUID("00000000-0000-0000-0000-000000000000"),
                        help_text="The nil uuid outside of queues.",
                    ),
                ),
                ("value", traces_app.models.scores.BillionthsField()),
                ("reason", models.TextField(blank=True, default="")),
                ("category_name", models.CharField(blank=True, default="", max_length=255)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("ui", "Ui"),
                            ("sdk", "Sdk"),
                            ("online_scoring", "Online Scoring"),
                            ("prem", "Prem"),
                        ],
                        max_length=20,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("last_updated_at", models.DateTimeField()),
                (
                    "author",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="traces_app.project",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("queue_id", uuid.UUID("00000000-0000-0000-0000-000000000000")),
                            _negated=True,
                        ),
                        fields=["project", "queue_id", "entity_type", "author", "entity_id"],
                        name="score_by_queue",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "id"), name="score_is_in_one_project"
                    ),
                    models.UniqueConstraint(
                        fields=(
                            "project",
                            "entity_type",
                            "entity_id",
                            "name",
                            "author",
                            "queue_id",
                        ),
                        name="score_is_once_per_author_and_queue",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ScoreMean",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "entity_type",
                    models.CharField(
                        choices=[("trace", "Trace"), ("span", "Span"), ("thread", "Thread")],
                        max_length=10,
                    ),
                ),
                ("entity_id", models.UUIDField()),
                ("name", models.CharField(max_length=255)),
                ("name_key", models.CharField(max_length=1024)),
                ("value", traces_app.models.scores.BillionthsField()),
                ("count", models.IntegerField()),
                ("newest_at", models.DateTimeField()),
                (
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="traces_app.project",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["project", "entity_type", "name_key", "value", "entity_id"],
                        name="score_mean_by_value",
                    ),
                    models.Index(
                        condition=models.Q(("count__gte", 1)),
                        fields=["project", "entity_type", "name"],
                        name="score_mean_by_name",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "id"), name="score_mean_is_in_one_project"
                    ),
                    models.UniqueConstraint(
                        fields=("project", "entity_type", "entity_id", "name"),
                        name="score_mean_is_once_per_name",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Span",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("trace_id", models.UUIDField()),
                ("parent_span_id", models.UUIDField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("sent_project_id", models.UUIDField()),
                ("name", models.TextField(null=True)),
                ("type", models.CharField(max_length=20, null=True)),
                ("start_time", models.DateTimeField()),
                ("end_time", models.DateTimeField(null=True)),
                ("input", models.TextField(null=True)),
                ("output", models.TextField(null=True)),
                ("metadata", models.TextField(null=True)),
                ("tags", models.TextField(null=True)),
                ("error_info", models.TextField(null=True)),
                ("model", models.TextField(null=True)),
                ("provider", models.TextField(null=True)),
                ("usage", models.TextField(help_text="A JSON object of whole numbers.", null=True)),
                ("total_estimated_cost", models.FloatField(null=True)),
                ("ttft", models.FloatField(null=True)),
                ("source", models.CharField(max_length=20, null=True)),
                ("environment", models.CharField(max_length=150, null=True)),
                ("created_at", models.DateTimeField()),
                ("last_updated_at", models.DateTimeField()),
                (
                    "created_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "last_updated_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="traces_app.project",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["project", "trace_id", "id"], name="span_by_trace")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("project"),
                        models.OrderBy(models.F("id"), descending=True),
                        name="span_is_in_one_project",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Thread",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("thread_id", models.TextField()),
                (
                    "status",
                    models.CharField(
                        choices=[("active", "Active"), ("inactive", "Inactive")],
                        default="active",
                        max_length=10,
                    ),
                ),
                ("tags", models.TextField(help_text="A JSON array of texts.", null=True)),
                ("source", models.CharField(max_length=20, null=True)),
                ("environment", models.CharField(max_length=150, null=True)),
                ("trace_count", models.BigIntegerField(db_default=0)),
                (
                    "woken_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        help_text="When its newest trace arrived, or somebody opened it.",
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("last_updated_at", models.DateTimeField()),
                (
                    "created_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "last_updated_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="traces_app.project",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "active")),
                        fields=["woken_at"],
                        name="thread_to_close",
                    ),
                    models.Index(
                        fields=["project", "-last_updated_at", "trace_count"],
                        name="thread_by_update",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "id"), name="thread_is_in_one_project"
                    ),
                    models.UniqueConstraint(fields=("project", "thread_id"), name="thread_is_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Trace",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("sent_at", models.DateTimeField(null=True)),
                ("sent_project_id", models.UUIDField()),
                ("name", models.TextField(null=True)),
                ("start_time", models.DateTimeField()),
                ("end_time", models.DateTimeField(null=True)),
                ("input", models.TextField(null=True)),
                ("output", models.TextField(null=True)),
                ("metadata", models.TextField(null=True)),
                ("tags", models.TextField(help_text="A JSON array of texts.", null=True)),
                ("error_info", models.TextField(null=True)),
                (
                    "ttft",
                    models.FloatField(help_text="Milliseconds to the first token.", null=True),
                ),
                ("thread_id", models.TextField(null=True)),
                ("source", models.CharField(max_length=20, null=True)),
                ("environment", models.CharField(max_length=150, null=True)),
                ("model_id", models.TextField(null=True)),
                ("visibility_mode", models.CharField(db_default="default", max_length=10)),
                ("created_at", models.DateTimeField()),
                ("last_updated_at", models.DateTimeField()),
                ("score", traces_app.models.scores.BillionthsField(null=True)),
                ("feedback", models.TextField(null=True)),
                ("verdict_at", models.DateTimeField(null=True)),
                (
                    "verdict_source",
                    models.CharField(
                        choices=[
                            ("ui", "Ui"),
                            ("sdk", "Sdk"),
                            ("online_scoring", "Online Scoring"),
                            ("prem", "Prem"),
                        ],
                        max_length=20,
                        null=True,
                    ),
                ),
                (
                    "lone_feedback",
                    models.TextField(help_text="Feedback that came without a score.", null=True),
                ),
                ("lone_feedback_at", models.DateTimeField(null=True)),
                ("added_to_dataset", models.BooleanField(db_default=False)),
                (
                    "processing_status",
                    models.CharField(
                        choices=[
                            ("none", "None"),
                            ("processing", "Processing"),
                            ("failed", "Failed"),
                        ],
                        db_default="none",
                        max_length=10,
                    ),
                ),
                ("processing_error", models.TextField(db_default="")),
                (
                    "created_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "last_updated_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lone_feedback_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="traces_app.project",
                    ),
                ),
                (
                    "verdict_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("thread_id__isnull", False)),
                        fields=["project", "thread_id", "id"],
                        name="trace_by_thread",
                    ),
                    models.Index(fields=["project", "score", "id"], name="trace_by_verdict"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("project"),
                        models.OrderBy(models.F("id"), descending=True),
                        name="trace_is_in_one_project",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("score__isnull", True),
                            models.Q(("score__gte", "0"), ("score__lte", "1")),
                            _connector="OR",
                        ),
                        name="trace_score_is_between_0_and_1",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WaitingScore",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "entity_type",
                    models.CharField(
                        choices=[("trace", "Trace"), ("span", "Span"), ("thread", "Thread")],
                        max_length=10,
                    ),
                ),
                ("entity_id", models.UUIDField()),
                ("name", models.CharField(max_length=255)),
                (
                    "queue_id",
                    models.UUIDField(default=uuid.UUID("00000000-0000-0000-0000-000000000000")),
                ),
                ("value", traces_app.models.scores.BillionthsField()),
                ("reason", models.TextField(help_text="Null when none was sent.", null=True)),
                ("category_name", models.CharField(blank=True, default="", max_length=255)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("ui", "Ui"),
                            ("sdk", "Sdk"),
                            ("online_scoring", "Online Scoring"),
                            ("prem", "Prem"),
                        ],
                        max_length=20,
                    ),
                ),
                ("created_at", models.DateTimeField(db_index=True)),
                (
                    "author",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="traces_app.workspace",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            "workspace",
                            "entity_type",
                            "entity_id",
                            "name",
                            "author",
                            "queue_id",
                        ),
                        name="waiting_score_is_once_per_author_and_queue",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "Owner"),
                            ("member", "Member"),
                            ("reviewer", "Reviewer"),
                            ("viewer", "Viewer"),
                        ],
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="traces_app.workspace",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "user"), name="membership_is_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="FeedbackDefinition",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("name", models.CharField(max_length=255)),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("numerical", "Numerical"),
                            ("categorical", "Categorical"),
                            ("boolean", "Boolean"),
                            ("multiple", "Multiple"),
                            ("text", "Text"),
                        ],
                        max_length=20,
                    ),
                ),
                ("description", models.CharField(blank=True, default="", max_length=255)),
                ("details", models.TextField(default="{}")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("last_updated_at", models.DateTimeField(auto_now=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "last_updated_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="definitions",
                        to="traces_app.workspace",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace", "name"), name="definition_name_is_unique_in_workspace"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Environment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("name", models.CharField(max_length=150)),
                ("description", models.TextField(blank=True, default="")),
                ("color", models.CharField(blank=True, default="", max_length=30)),
                ("position", models.PositiveIntegerField(help_text="Its place in lists, from 0.")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("last_updated_at", models.DateTimeField(auto_now=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "last_updated_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="environments",
                        to="traces_app.workspace",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace", "name"), name="environment_name_is_unique_in_workspace"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("workspace_id", models.UUIDField()),
                (
                    "project_id",
                    models.UUIDField(default=uuid.UUID("00000000-0000-0000-0000-000000000000")),
                ),
                (
                    "face",
                    models.CharField(
                        choices=[
                            ("page", "Page"),
                            ("opik", "Opik"),
                            ("prem", "Prem"),
                            ("admin", "Admin"),
                            ("command", "Command"),
                            ("worker", "Worker"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "action",
                    models.CharField(help_text="noun.verb, such as score.set", max_length=50),
                ),
                ("entity_type", models.CharField(default="", max_length=20)),
                (
                    "entity_id",
                    models.UUIDField(default=uuid.UUID("00000000-0000-0000-0000-000000000000")),
                ),
                ("before", models.TextField(default="{}", help_text="JSON text")),
                ("after", models.TextField(default="{}", help_text="JSON text")),
                ("created_at", models.DateTimeField()),
                (
                    "actor",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["project_id", "entity_type", "entity_id", "-id"],
                        name="event_by_entity",
                    ),
                    models.Index(fields=["workspace_id", "-id"], name="event_by_workspace"),
                ],
            },
        ),
        migrations.CreateModel(
            name="OutboxRow",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("trace_id", models.UUIDField()),
                (
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="traces_app.project",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "id"), name="outbox_row_is_in_one_project"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("mention", "Mention"), ("reply", "Reply")], max_length=10
                    ),
                ),
                (
                    "words",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="What stands after the @ where the comment names its reader.",
                        max_length=255,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                (
                    "comment",
                    traces_app.models.project_rows.InProjectFK(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="traces_app.comment",
                    ),
                ),
                (
                    "reader",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="traces_app.project",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["project", "reader", "created_at", "id"], name="notice_by_reader"
                    ),
                    models.Index(
                        condition=models.Q(("read_at__isnull", True)),
                        fields=["project", "reader"],
                        name="notice_unread",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "id"), name="notice_is_in_one_project"
                    ),
                    models.UniqueConstraint(
                        fields=("project", "comment", "reader"), name="notice_is_once_per_reader"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "mention"), models.Q(("words", ""), _negated=True)),
                            models.Q(("kind", "reply"), ("words", "")),
                            _connector="OR",
                        ),
                        name="notice_has_words_where_it_is_a_mention",
                    ),
                ],
            },
        ),
        migrations.RunPython(_FUNCTIONS.create, _FUNCTIONS.drop),
        migrations.RunPython(add_keys, drop_keys),
    ]
