"""Forget the saved views of projects that were deleted before their views went with them."""

import uuid

from django.db import migrations

NIL = uuid.UUID(int=0)


def forget(apps, schema_editor):
    there = apps.get_model("traces_app", "Project").objects.values("pk")
    views = apps.get_model("feedback_app", "SavedView").objects.exclude(project_id=NIL)
    views.exclude(project_id__in=there).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("feedback_app", "0021_take_backs"),
        ("traces_app", "0022_first_guidelines"),
    ]

    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
