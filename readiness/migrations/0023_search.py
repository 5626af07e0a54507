import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from readiness.search.index import SearchIndex


class Migration(migrations.Migration):

    dependencies = [
        ('readiness', '0022_confidence_newest_and_notices'),
    ]

    operations = [
        migrations.CreateModel(
            name='SearchEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=20)),
                ('object_id', models.BigIntegerField()),
                ('component_id', models.BigIntegerField()),
                ('requirement', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='readiness.requirement')),
                ('drill', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='readiness.drill')),
                ('by', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(null=True)),
                ('title', models.TextField()),
                ('text', models.TextField()),
            ],
            options={
                'verbose_name_plural': 'search entries',
                'constraints': [models.UniqueConstraint(fields=('source', 'object_id'), name='search_entry_once')],
            },
        ),
        SearchIndex(),
    ]
