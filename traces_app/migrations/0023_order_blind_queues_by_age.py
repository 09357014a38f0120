"""Take blind queues out of orders by scores, which told reviewers what was said of an item."""

from django.db import migrations

AT_ONCE = 1000


def order_by_age(apps, schema_editor):
    Queue = apps.get_model("traces_app", "AnnotationQueue")
    Item = apps.get_model("traces_app", "QueueItem")
    for queue in Queue.objects.filter(is_blind=True, order__in=["judge", "disagreement"]):
        items = Item.objects.filter(project_id=queue.project_id, queue_id=queue.pk)
        for item in items.only("pk", "entity_id").iterator(AT_ONCE):
            items.filter(pk=item.pk).update(position=item.entity_id.int >> 80)
        Queue.objects.filter(pk=queue.pk).update(order="oldest")


class Migration(migrations.Migration):
    dependencies = [("traces_app", "0022_first_guidelines")]

    operations = [migrations.RunPython(order_by_age, migrations.RunPython.noop)]
