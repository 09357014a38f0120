"""Give the datapoints that are there the digest of their content."""

from django.db import migrations

from feedback_app.models.datasets import digest_of


def fill(apps, schema_editor):
    datapoints = apps.get_model("feedback_app", "Datapoint").objects.filter(digest="")
    while batch := list(datapoints.only("content")[:500]):
        for datapoint in batch:
            digest = digest_of(datapoint.content)
            datapoints.filter(pk=datapoint.pk).update(digest=digest)


class Migration(migrations.Migration):
    dependencies = [("feedback_app", "0004_datapoints_and_snapshots")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
