from django.db import migrations

COUNT = """
UPDATE traces_app_thread SET trace_count = (
    SELECT COUNT(*) FROM traces_app_trace AS trace
    WHERE trace.project_id = traces_app_thread.project_id
        AND trace.thread_id = traces_app_thread.thread_id
)
"""


class Migration(migrations.Migration):
    dependencies = [("traces_app", "0004_thread_activity")]

    operations = [migrations.RunSQL(COUNT, migrations.RunSQL.noop)]
