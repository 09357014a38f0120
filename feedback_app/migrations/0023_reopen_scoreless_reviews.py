"""Reopen submitted reviews of which no score is left: their items waited for them in vain."""

import json
import uuid

from django.db import migrations
from django.db.models import Exists, OuterRef

NIL = uuid.UUID(int=0)


def reopen(apps, schema_editor):
    Review = apps.get_model("feedback_app", "Review")
    theirs = apps.get_model("traces_app", "Score").objects.filter(
        project_id=OuterRef("project_id"),
        entity_type__in=["thread", "trace"],  # SQLite finds its index by this
        entity_id=OuterRef("judged_id"),
        queue_id=OuterRef("queue_id"),
        author_id=OuterRef("author_id"),
    )
    bare = Review.objects.filter(~Exists(theirs), state="submitted")
    for review in bare.iterator():
        if review.draft is None:
            said = {"answers": json.loads(review.answers), "feedback": review.feedback}
            review.draft = json.dumps(said, ensure_ascii=False)
            review.answers, review.feedback = "{}", ""
        review.state, review.token, review.submitted_at = "open", NIL, None
        review.save(
            update_fields=["draft", "answers", "feedback", "state", "token", "submitted_at"]
        )


class Migration(migrations.Migration):
    dependencies = [
        ("feedback_app", "0022_forget_views"),
        ("traces_app", "0022_first_guidelines"),
    ]

    operations = [migrations.RunPython(reopen, migrations.RunPython.noop)]
