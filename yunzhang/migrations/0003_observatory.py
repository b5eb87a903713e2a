import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('yunzhang', '0002_ledger_triggers'),
    ]

    operations = [
        migrations.CreateModel(
            name='ObsProposal',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('unit', models.BigIntegerField(db_index=True)),
                ('key', models.CharField(max_length=16)),
                ('asker', models.BigIntegerField()),
                ('decider', models.BigIntegerField(db_index=True)),
                ('title', models.TextField()),
                ('text', models.TextField()),
                ('step', models.CharField(max_length=16)),
                ('version', models.IntegerField(default=1)),
                ('drafted_at', models.DateTimeField()),
                ('loop', models.UUIDField(db_index=True, null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('reason', models.TextField(blank=True)),
                ('suggestion', models.TextField()),
            ],
            options={
                'db_table': 'obs_proposal',
            },
        ),
        migrations.CreateModel(
            name='ObsStudy',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('title', models.CharField(max_length=200)),
                ('mark', models.CharField(max_length=16)),
                ('stream', models.UUIDField()),
                ('added_at', models.DateTimeField()),
                ('person', models.CharField(max_length=64)),
                ('post', models.BigIntegerField(null=True)),
                ('units', models.BigIntegerField()),
                ('loops', models.BigIntegerField()),
                ('top', models.BigIntegerField()),
                ('facts', models.TextField()),
            ],
            options={
                'db_table': 'obs_study',
            },
        ),
        migrations.AddField(
            model_name='obssnapshot',
            name='programme',
            field=models.CharField(default='', max_length=80),
        ),
        migrations.AddField(
            model_name='obssnapshot',
            name='study',
            field=models.CharField(default='', max_length=40),
        ),
        migrations.AlterField(
            model_name='obssnapshot',
            name='from_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name='ObsFacet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.BigIntegerField()),
                ('facet', models.CharField(max_length=16)),
                ('body', models.TextField()),
                ('snapshot', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, to='yunzhang.obssnapshot')),
            ],
            options={
                'db_table': 'obs_facet',
            },
        ),
        migrations.CreateModel(
            name='ObsOwnView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('post', models.BigIntegerField()),
                ('person', models.CharField(max_length=80)),
                ('opened_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'obs_own_view',
                'constraints': [models.UniqueConstraint(fields=('post', 'person'), name='obs_own_view_once')],
            },
        ),
        migrations.DeleteModel(
            name='ObsFigure',
        ),
        migrations.AddConstraint(
            model_name='obsfacet',
            constraint=models.UniqueConstraint(fields=('snapshot', 'facet', 'unit'), name='obs_facet_once'),
        ),
    ]
