from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("traces_app", "0015_queue_orders_by_scores")]

    operations = [
        migrations.AddField(
            model_name="annotationqueue",
            name="double_percent",
            field=models.PositiveSmallIntegerField(
                default=0, help_text="Of the items, so many in a hundred need a second review."
            ),
        ),
        migrations.AddConstraint(
            model_name="annotationqueue",
            constraint=models.CheckConstraint(
                condition=models.Q(("double_percent__lte", 100)),
                name="queue_doubles_at_most_all_its_items",
            ),
        ),
    ]
