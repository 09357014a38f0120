from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("traces_app", "0014_approval_of_generated")]

    operations = [
        migrations.AlterField(
            model_name="annotationqueue",
            name="order",
            field=models.CharField(
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
        migrations.AddIndex(
            model_name="annotationqueue",
            index=models.Index(
                condition=models.Q(("order__in", ["judge", "disagreement"])),
                fields=["project"],
                name="queue_that_follows_scores",
            ),
        ),
    ]
