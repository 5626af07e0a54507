"""When each component was last looked at, said by itself instead of by some fifty check states."""

from django.db import migrations, models
from django.db.models import Max


def fill(apps, schema_editor):
    states = apps.get_model("readiness", "CheckState").objects.order_by()
    components = apps.get_model("readiness", "Component").objects
    looks = states.values_list("component").annotate(Max("latest__checked_at"))
    for component, looked_at in looks.iterator():
        components.filter(pk=component).update(looked_at=looked_at)


class Migration(migrations.Migration):
    dependencies = [
        ("readiness", "0027_portfolio_export"),
    ]

    operations = [
        migrations.AddField(
            model_name="component",
            name="looked_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
