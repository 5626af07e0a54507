from django.db import migrations


class Migration(migrations.Migration):
    """Nothing but the triggers, which every migration puts back: sheets have some, too."""

    dependencies = [
        ('readiness', '0028_component_looked_at'),
    ]

    operations = []
