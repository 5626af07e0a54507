import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from readiness.append_only import AppendOnly


class Migration(migrations.Migration):

    dependencies = [
        ('readiness', '0015_report_formats'),
    ]

    operations = [
        migrations.CreateModel(
            name='Milestone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100)),
                ('frozen', models.TextField()),
                ('report_digest', models.CharField(max_length=64)),
                ('counts', models.JSONField()),
                ('catalog_revision', models.PositiveIntegerField()),
                ('version', models.CharField(max_length=40)),
                ('made_at', models.DateTimeField()),
                ('digest', models.CharField(max_length=64)),
                ('component', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='milestones', to='readiness.component')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-made_at', '-pk'],
                'constraints': [models.UniqueConstraint(fields=('component', 'name'), name='milestone_name_once')],
            },
        ),
        migrations.CreateModel(
            name='MilestoneVerdict',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(choices=[('go', 'Go'), ('conditions', 'Go with conditions'), ('no_go', 'No-go')], max_length=10)),
                ('reason', models.TextField(blank=True)),
                ('at', models.DateTimeField()),
                ('digest', models.CharField(max_length=64)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('milestone', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='verdicts', to='readiness.milestone')),
            ],
            options={
                'ordering': ['number'],
                'constraints': [
                    models.UniqueConstraint(fields=('milestone', 'number'), name='verdict_number_once'),
                    models.UniqueConstraint(fields=('milestone', 'by'), name='verdict_once_per_approver'),
                ],
            },
        ),
        migrations.CreateModel(
            name='MilestoneCondition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('due_date', models.DateField()),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('verdict', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='conditions', to='readiness.milestoneverdict')),
            ],
            options={
                'ordering': ['due_date', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='ConditionClosing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('evidence', models.TextField()),
                ('at', models.DateTimeField()),
                ('digest', models.CharField(max_length=64)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('condition', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='closing', to='readiness.milestonecondition')),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='reportjob',
            name='report_job_one_active_per_format',
        ),
        migrations.AddField(
            model_name='reportjob',
            name='milestone',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='report_jobs', to='readiness.milestone'),
        ),
        migrations.AddConstraint(
            model_name='reportjob',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['requested', 'running']), ('milestone', None)), fields=('component', 'format'), name='report_job_one_active_per_format'),
        ),
        migrations.AddConstraint(
            model_name='reportjob',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['requested', 'running'])), fields=('milestone', 'format'), name='report_job_one_active_per_milestone'),
        ),
        AppendOnly("readiness_milestone"),
        AppendOnly("readiness_milestoneverdict"),
        AppendOnly("readiness_milestonecondition"),
        AppendOnly("readiness_conditionclosing"),
    ]
