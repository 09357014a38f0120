from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("traces_app", "0013_places_of_jobs")]

    operations = [
        migrations.AddField(
            model_name="project",
            name="approves_generated",
            field=models.BooleanField(
                db_default=True,
                default=True,
                help_text="A generated answer waits for a person's approval.",
            ),
        ),
    ]
