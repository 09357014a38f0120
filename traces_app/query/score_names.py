"""The names that scores have, read by hopping along an index from one name to the next.

``DISTINCT`` would read every mean; this takes one step a name, however many traces have it.
"""

from collections.abc import Collection
from uuid import UUID

from django.db import connection

from traces_app.access import Access
from traces_app.models import EntityType, ScoreMean, Span, statements

_HOPS = """
WITH RECURSIVE hop (project, name) AS (
    SELECT project.id, (
        SELECT MIN(mean.name) FROM traces_app_scoremean AS mean
        WHERE mean.project_id = project.id AND mean.entity_type = %s AND mean.count >= 1
    ) FROM traces_app_project AS project WHERE project.id IN ({projects})
    UNION ALL
    SELECT hop.project, (
        SELECT MIN(mean.name) FROM traces_app_scoremean AS mean
        WHERE mean.project_id = hop.project AND mean.entity_type = %s AND mean.count >= 1
            AND mean.name > hop.name
    ) FROM hop WHERE hop.name IS NOT NULL
)
SELECT DISTINCT name FROM hop WHERE name IS NOT NULL
"""


def names(access: Access, entity: EntityType, projects: Collection[UUID]) -> list[str]:
    """The names of the scores that the caller sees on such entities, each once, in order."""
    if not access.sees_queues_only:
        return _everywhere(entity, projects)
    # Of own items only, which are few.
    means = ScoreMean.objects.visible_to(access)
    own = means.filter(project_id__in=projects, entity_type=entity)
    return sorted(own.values_list("name", flat=True).distinct())


def of_spans(access: Access, kind: str, projects: Collection[UUID]) -> list[str]:
    """The names of the scores that the caller sees on spans of one type."""
    spans = Span.objects.filter(project_id__in=projects, type=kind).values("pk")
    means = ScoreMean.objects.visible_to(access).filter(
        project_id__in=projects, entity_type=EntityType.SPAN, entity_id__in=spans
    )
    return sorted(means.values_list("name", flat=True).distinct())


def _everywhere(entity: EntityType, projects: Collection[UUID]) -> list[str]:
    if not projects:
        return []
    sql = _HOPS.format(projects=", ".join(["%s"] * len(projects)))
    (bound,) = statements.stored([(entity.value, *projects, entity.value)])
    with connection.cursor() as cursor:
        cursor.execute(sql, bound)
        return sorted(name for (name,) in cursor.fetchall())
