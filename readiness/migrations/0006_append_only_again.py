from django.db import migrations

from readiness.append_only import AppendOnly


class Migration(migrations.Migration):
    """SQLite rebuilt the table of decisions in 0005, without its triggers."""

    dependencies = [
        ("readiness", "0005_decisions_revisited"),
    ]

    operations = [
        AppendOnly("readiness_decision"),
        AppendOnly("readiness_approval"),
        AppendOnly("readiness_triggerfiring"),
    ]
