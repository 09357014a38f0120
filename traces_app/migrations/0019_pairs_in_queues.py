from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("traces_app", "0018_anchor_comments"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="queueitem",
            name="other_id",
            field=models.UUIDField(
                blank=True,
                help_text="Of a pair: the trace to compare with; the nil uuid: its newest correction.",
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="annotationqueue",
            name="scope",
            field=models.CharField(
                choices=[("trace", "Trace"), ("thread", "Thread"), ("pair", "Pair")], max_length=10
            ),
        ),
        migrations.AddIndex(
            model_name="queueitem",
            index=models.Index(
                condition=models.Q(("other_id__isnull", False)),
                fields=["project", "other_id"],
                name="queue_item_by_other",
            ),
        ),
        migrations.AddConstraint(
            model_name="queueitem",
            constraint=models.CheckConstraint(
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
        ),
    ]
