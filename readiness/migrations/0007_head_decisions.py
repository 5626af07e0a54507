from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F


def name_heads(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Until now the newest entry of each ledger was the decision in force."""
    requirements = apps.get_model("readiness", "Requirement").objects
    requirements.exclude(current_decision=None).update(head_decision=F("current_decision"))


class Migration(migrations.Migration):
    dependencies = [
        ("readiness", "0006_append_only_again"),
    ]

    # Reversed there is nothing to do: the field itself goes with 0005.
    operations = [migrations.RunPython(name_heads, migrations.RunPython.noop)]
