"""What every table below a project has in common.

A row carries its project, is found by it, and never moves except through ``services.traces.move``.
That lets a distributed PostgreSQL place all of a project's rows on one node.
"""

from typing import Any
from uuid import UUID

from django.db import models
from django.db.models.expressions import Col
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact
from uuid_utils.compat import uuid7

NIL = UUID(int=0)
"""Stands for "none" in columns that a unique constraint covers."""

BY_ID = Coalesce("id", "id")
"""Orders a few rows by id, where ``"pk"`` would have SQLite, which keeps no statistics, read the
whole project in that order to spare itself the sorting."""


class ProjectRow(models.Model):
    """Abstract base: a UUIDv7 key that a client may supply, and the project."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey(
        "traces_app.Project", models.DO_NOTHING, db_constraint=False, related_name="+"
    )

    project_id: UUID

    class Meta:
        abstract = True

    def _do_update(  # type: ignore[override]
        self,
        base_qs: "models.QuerySet[Any]",
        using: str | None,
        pk_val: Any,
        values: Any,
        *rest: Any,
    ) -> bool:
        # A saved row names its project in WHERE and never writes it.
        kept = [value for value in values if value[0].attname != "project_id"]
        in_project = base_qs.filter(project_id=self.project_id)
        return bool(super()._do_update(in_project, using, pk_val, kept, *rest))


class InProjectFK(models.ForeignKey[Any, Any]):
    """A foreign key between two rows of one project; joins match on the project too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("db_constraint", False)
        super().__init__(*args, **kwargs)

    def get_extra_restriction(self, alias: Any, related_alias: Any) -> Any:
        near: Any = self.model._meta.get_field("project")
        far: Any = self.related_model._meta.get_field("project")
        return Exact(Col(alias, far), Col(related_alias, near))

    def get_extra_descriptor_filter(self, instance: models.Model) -> dict[str, Any]:
        return {"project_id": instance.project_id}  # type: ignore[attr-defined]
