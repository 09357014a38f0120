"""Name the job of each export that was asked for before exports knew theirs."""

import json

from django.db import migrations


def link(apps, schema_editor):
    Export = apps.get_model("feedback_app", "ListExport")
    asked = apps.get_model("traces_app", "Job").objects.filter(kind="traces.export")
    for pk, payload in asked.order_by("pk").values_list("pk", "payload").iterator():
        Export.objects.filter(pk=json.loads(payload)["export"]).update(job_id=pk)


class Migration(migrations.Migration):
    dependencies = [
        ("feedback_app", "0018_export_jobs"),
        ("traces_app", "0022_first_guidelines"),
    ]

    operations = [migrations.RunPython(link, migrations.RunPython.noop)]
