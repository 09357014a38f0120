from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("feedback_app", "0014_saved_views"),
        ("traces_app", "0019_pairs_in_queues"),
    ]

    operations = [
        migrations.AddField(
            model_name="review",
            name="is_first_left",
            field=models.BooleanField(
                blank=True, help_text="Of a pair: whether the first stood on the left.", null=True
            ),
        ),
        migrations.AddField(
            model_name="review",
            name="other_id",
            field=models.UUIDField(
                blank=True,
                help_text="Of a pair: the other trace; the nil uuid: the correction.",
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="review",
            name="judged_id",
            field=models.UUIDField(help_text="The trace or thread; of a pair the first."),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("is_first_left__isnull", True), ("other_id__isnull", True)),
                    models.Q(("is_first_left__isnull", False), ("other_id__isnull", False)),
                    _connector="OR",
                ),
                name="review_of_a_pair_knows_its_sides",
            ),
        ),
    ]
