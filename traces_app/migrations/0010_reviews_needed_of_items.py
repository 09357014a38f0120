from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("traces_app", "0009_multiple_and_text_definitions")]

    operations = [
        migrations.AddField(
            model_name="queueitem",
            name="reviews_needed",
            field=models.PositiveIntegerField(default=1),
        ),
    ]
