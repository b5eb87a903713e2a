import django.db.models.deletion
import yunzhang.kit.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='OrgUnit',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('stream', models.UUIDField(unique=True)),
                ('path', yunzhang.kit.fields.ByteText(max_length=112)),
                ('kind', models.CharField(max_length=16)),
                ('branch', models.CharField(max_length=16)),
                ('level', models.CharField(max_length=16)),
                ('official_order', models.IntegerField(default=0)),
                ('name', models.CharField(max_length=120)),
                ('short_name', models.CharField(max_length=120)),
                ('pinyin', models.CharField(default='', max_length=200)),
                ('code', models.CharField(db_index=True, default='', max_length=40)),
                ('division', models.CharField(db_index=True, default='', max_length=12)),
                ('uscc', models.CharField(default='', max_length=18)),
                ('source', models.CharField(default='', max_length=200)),
                ('from_on', models.DateField()),
                ('to_on', models.DateField(null=True)),
                ('jurisdiction', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='yunzhang.orgunit')),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='yunzhang.orgunit')),
            ],
            options={
                'db_table': 'org_unit',
            },
        ),
        migrations.CreateModel(
            name='OrgPlacement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', yunzhang.kit.fields.ByteText(max_length=112)),
                ('from_on', models.DateField()),
                ('to_on', models.DateField(null=True)),
                ('jurisdiction', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='yunzhang.orgunit')),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='yunzhang.orgunit')),
                ('unit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='placements', to='yunzhang.orgunit')),
            ],
            options={
                'db_table': 'org_placement',
            },
        ),
        migrations.CreateModel(
            name='OrgNaming',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('short_name', models.CharField(max_length=120)),
                ('division', models.CharField(default='', max_length=12)),
                ('from_on', models.DateField()),
                ('to_on', models.DateField(null=True)),
                ('unit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='namings', to='yunzhang.orgunit')),
            ],
            options={
                'db_table': 'org_naming',
            },
        ),
        migrations.CreateModel(
            name='OrgGuidance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=16)),
                ('from_on', models.DateField()),
                ('to_on', models.DateField(null=True)),
                ('lower', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='guided_by', to='yunzhang.orgunit')),
                ('upper', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='guides', to='yunzhang.orgunit')),
            ],
            options={
                'db_table': 'org_guidance',
            },
        ),
        migrations.AddIndex(
            model_name='orgunit',
            index=models.Index(fields=['path', 'kind', 'to_on'], name='org_unit_path'),
        ),
        migrations.AddIndex(
            model_name='orgunit',
            index=models.Index(fields=['jurisdiction', 'kind'], name='org_unit_jurisdiction'),
        ),
        migrations.AddIndex(
            model_name='orgplacement',
            index=models.Index(fields=['path', 'from_on', 'to_on'], name='org_placement_path'),
        ),
        migrations.AddConstraint(
            model_name='orgplacement',
            constraint=models.UniqueConstraint(fields=('unit', 'from_on'), name='org_placement_day'),
        ),
        migrations.AddConstraint(
            model_name='orgnaming',
            constraint=models.UniqueConstraint(fields=('unit', 'from_on'), name='org_naming_day'),
        ),
        migrations.AddConstraint(
            model_name='orgguidance',
            constraint=models.UniqueConstraint(fields=('lower', 'upper', 'from_on'), name='org_guidance_day'),
        ),
    ]
