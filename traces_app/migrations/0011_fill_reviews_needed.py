from django.db import migrations

# An item needed as many reviews as its queue said for all.
_FILL = """
UPDATE traces_app_queueitem SET reviews_needed = (
    SELECT queue.annotators_per_item FROM traces_app_annotationqueue AS queue
    WHERE queue.project_id = traces_app_queueitem.project_id
        AND queue.id = traces_app_queueitem.queue_id
)
WHERE EXISTS (
    SELECT 1 FROM traces_app_annotationqueue AS queue
    WHERE queue.project_id = traces_app_queueitem.project_id
        AND queue.id = traces_app_queueitem.queue_id AND queue.annotators_per_item <> 1
)
"""


class Migration(migrations.Migration):
    dependencies = [("traces_app", "0010_reviews_needed_of_items")]

    operations = [migrations.RunSQL(_FILL, migrations.RunSQL.noop)]
