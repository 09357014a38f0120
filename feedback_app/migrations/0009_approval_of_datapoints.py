from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("feedback_app", "0008_dataset_imports")]

    operations = [
        migrations.AddField(
            model_name="datapoint",
            name="is_waiting",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Generated, and no person has approved it yet.",
                verbose_name="waits for approval",
            ),
        ),
        migrations.AddIndex(
            model_name="datapoint",
            index=models.Index(
                condition=models.Q(("is_waiting", True)),
                fields=["project", "dataset", "id"],
                name="datapoint_waiting",
            ),
        ),
    ]
