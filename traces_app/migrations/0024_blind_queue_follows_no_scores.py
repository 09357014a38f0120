from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("traces_app", "0023_order_blind_queues_by_age")]

    operations = [
        migrations.AddConstraint(
            model_name="annotationqueue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_blind", True), ("order__in", ["judge", "disagreement"]), _negated=True
                ),
                name="queue_that_is_blind_follows_no_scores",
                violation_error_message="A blind queue takes no order by scores.",
            ),
        ),
    ]
