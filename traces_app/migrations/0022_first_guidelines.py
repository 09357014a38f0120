import json

from django.db import migrations
from django.utils import timezone

AT_ONCE = 200
UNDEFINED = {"type": "numerical", "details": {"min": 0, "max": 1}, "help": ""}


def keep_the_first(apps, schema_editor):
    """What each queue tells and asks now is the first version that is known of it."""
    Queue = apps.get_model("traces_app", "AnnotationQueue")
    Guideline = apps.get_model("traces_app", "QueueGuideline")
    projects = apps.get_model("traces_app", "Project").objects
    workspaces, now = dict(projects.values_list("pk", "workspace_id")), timezone.now()
    for queue in Queue.objects.order_by("pk").iterator(AT_ONCE):
        asked = _questions(apps, queue, workspaces.get(queue.project_id))
        Guideline.objects.create(
            project_id=queue.project_id,
            queue_id=queue.pk,
            number=1,
            instructions=queue.instructions,
            questions=json.dumps(asked, ensure_ascii=False, separators=(",", ":")),
            created_at=now,
            created_by_id=queue.last_updated_by_id,
        )


def _questions(apps, queue, workspace_id):
    rows = apps.get_model("traces_app", "QueueQuestion").objects.filter(
        project_id=queue.project_id, queue_id=queue.pk
    )
    definitions = apps.get_model("traces_app", "FeedbackDefinition").objects.filter(
        workspace_id=workspace_id
    )
    return [
        _question(row, definitions.filter(name=row.name).first())
        for row in rows.order_by("position")
    ]


def _question(row, definition):
    defined = UNDEFINED
    if definition:
        defined = {
            "type": definition.type,
            "details": json.loads(definition.details),
            "help": definition.description,
        }
    return {
        "name": row.name,
        "type": defined["type"],
        "details": defined["details"],
        "help": row.help or defined["help"],
        "option_help": json.loads(row.option_help),
        "is_required": row.is_required,
        "default_answer": None if row.default_answer is None else json.loads(row.default_answer),
        "show_if": None if row.show_if is None else json.loads(row.show_if),
    }


class Migration(migrations.Migration):
    dependencies = [("traces_app", "0021_queue_guidelines")]

    operations = [migrations.RunPython(keep_the_first, migrations.RunPython.noop)]
