from django.db import migrations

from readiness.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("readiness", "0001_initial")]

    operations = [AppendOnly("readiness_decision")]
