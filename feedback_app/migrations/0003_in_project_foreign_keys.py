"""On PostgreSQL, corrections and datapoints cannot outlive or leave what they belong to.

The keys hold the project too, so that a distributed database can keep them on one node. They are
checked at the commit: a move takes parent and children along in one transaction.
"""

from django.db import migrations

KEYS = (
    ("feedback_app_correction", "trace_id", "traces_app_trace", "correction_is_of_a_trace_here"),
    ("feedback_app_datapoint", "dataset_id", "feedback_app_dataset", "datapoint_is_of_a_set_here"),
)


def add(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for table, column, parent, name in KEYS:
        schema_editor.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (project_id, {column}) "
            f"REFERENCES {parent} (project_id, id) DEFERRABLE INITIALLY DEFERRED"
        )


def remove(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for table, _, _, name in KEYS:
        schema_editor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")


class Migration(migrations.Migration):
    dependencies = [
        ("feedback_app", "0002_keys_corrections_datasets"),
        ("traces_app", "0002_sql_functions"),
    ]

    operations = [migrations.RunPython(add, remove)]
