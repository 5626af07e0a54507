import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('readiness', '0016_milestones'),
    ]

    operations = [
        migrations.CreateModel(
            name='DailyRollup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('counts', models.JSONField()),
                ('minutes_lost', models.DecimalField(decimal_places=2, max_digits=11)),
                ('component', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rollups', to='readiness.component')),
            ],
            options={
                'ordering': ['day'],
                'constraints': [models.UniqueConstraint(fields=('component', 'day'), name='rollup_once_a_day')],
            },
        ),
    ]
