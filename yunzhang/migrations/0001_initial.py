import django.db.models.deletion
import yunzhang.ground.org.terms.rights
import yunzhang.kit.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='DirectiveAsk',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('loop', models.UUIDField(db_index=True)),
                ('kind', models.CharField(max_length=20)),
                ('entry', models.UUIDField()),
                ('due_on', models.DateField(null=True)),
                ('asked_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('is_granted', models.BooleanField(null=True)),
            ],
            options={
                'db_table': 'directive_ask',
            },
        ),
        migrations.CreateModel(
            name='DirectivePaper',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('title', models.TextField()),
                ('requirement', models.TextField()),
                ('programme', models.CharField(blank=True, max_length=120)),
                ('in_name_of', models.BigIntegerField(db_index=True)),
                ('handled_by', models.BigIntegerField(db_index=True)),
                ('source', models.CharField(max_length=20)),
                ('number', models.CharField(blank=True, max_length=80)),
                ('urgency', models.CharField(max_length=20)),
                ('authority', models.CharField(max_length=20)),
                ('authority_number', models.CharField(blank=True, max_length=80)),
                ('issued_at', models.DateTimeField(db_index=True)),
                ('due_on', models.DateField()),
                ('report_on', models.TextField()),
                ('involves', models.TextField()),
                ('copied_to', models.TextField()),
            ],
            options={
                'db_table': 'directive_paper',
            },
        ),
        migrations.CreateModel(
            name='KitTimer',
            fields=[
                ('name', models.CharField(max_length=80, primary_key=True, serialize=False)),
                ('next_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'kit_timer',
            },
        ),
        migrations.CreateModel(
            name='LedgerCheckpoint',
            fields=[
                ('size', models.BigIntegerField(primary_key=True, serialize=False)),
                ('root', models.BinaryField()),
                ('written_at', models.DateTimeField()),
                ('note', models.TextField()),
            ],
            options={
                'db_table': 'ledger_checkpoint',
            },
        ),
        migrations.CreateModel(
            name='LedgerHead',
            fields=[
                ('id', models.IntegerField(primary_key=True, serialize=False)),
                ('origin', models.CharField(max_length=200)),
                ('hash_name', models.CharField(max_length=20)),
                ('size', models.BigIntegerField()),
                ('frontier', models.BinaryField()),
            ],
            options={
                'db_table': 'ledger_head',
            },
        ),
        migrations.CreateModel(
            name='LedgerPending',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('entry_id', models.UUIDField(unique=True)),
            ],
            options={
                'db_table': 'ledger_pending',
            },
        ),
        migrations.CreateModel(
            name='LedgerSealed',
            fields=[
                ('seq', models.BigIntegerField(primary_key=True, serialize=False)),
                ('entry_id', models.UUIDField(unique=True)),
                ('leaf', models.BinaryField()),
            ],
            options={
                'db_table': 'ledger_sealed',
            },
        ),
        migrations.CreateModel(
            name='LedgerSubject',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('room', models.CharField(max_length=40)),
                ('title', models.CharField(max_length=500)),
                ('programme', models.CharField(max_length=80)),
                ('salt', models.BinaryField()),
            ],
            options={
                'db_table': 'ledger_subject',
            },
        ),
        migrations.CreateModel(
            name='ObsSnapshot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_at', models.DateTimeField()),
                ('to_at', models.DateTimeField()),
                ('taken_at', models.DateTimeField()),
                ('size', models.BigIntegerField()),
                ('facts', models.TextField()),
            ],
            options={
                'db_table': 'obs_snapshot',
            },
        ),
        migrations.CreateModel(
            name='OrgPerson',
            fields=[
                ('id', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=60)),
            ],
            options={
                'db_table': 'org_person',
            },
        ),
        migrations.CreateModel(
            name='OrgPost',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('stream', models.UUIDField(unique=True)),
                ('kind', models.CharField(max_length=40)),
                ('title', models.CharField(max_length=120)),
                ('duty', models.CharField(max_length=16)),
                ('sector', models.CharField(default='', max_length=40)),
                ('official_order', models.IntegerField(default=0)),
                ('source', models.CharField(default='', max_length=200)),
                ('from_on', models.DateField()),
                ('to_on', models.DateField(null=True)),
            ],
            options={
                'db_table': 'org_post',
            },
        ),
        migrations.CreateModel(
            name='KitJob',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('arguments', models.TextField()),
                ('request', models.UUIDField(unique=True)),
                ('due_at', models.DateTimeField()),
                ('taken_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('error', models.TextField(blank=True, default='')),
            ],
            options={
                'db_table': 'kit_job',
                'indexes': [models.Index(fields=['ended_at', 'due_at'], name='kit_job_due')],
            },
        ),
        migrations.CreateModel(
            name='LedgerEntry',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('loop_id', models.UUIDField()),
                ('step', models.IntegerField()),
                ('verb', models.CharField(max_length=40)),
                ('acted_at', models.DateTimeField()),
                ('unit_id', models.BigIntegerField(null=True)),
                ('post_id', models.BigIntegerField(null=True)),
                ('person', models.CharField(max_length=80)),
                ('on_behalf', models.BigIntegerField(null=True)),
                ('request_id', models.UUIDField()),
                ('ordinal', models.IntegerField()),
                ('body', models.BinaryField()),
            ],
            options={
                'db_table': 'ledger_entry',
                'constraints': [models.UniqueConstraint(fields=('loop_id', 'step'), name='ledger_entry_loop_step'), models.UniqueConstraint(fields=('request_id', 'ordinal'), name='ledger_entry_request')],
            },
        ),
        migrations.CreateModel(
            name='LedgerLoop',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=40)),
                ('subject_id', models.UUIDField()),
                ('parent_id', models.UUIDField(null=True)),
                ('creditor', models.BigIntegerField()),
                ('debtor', models.BigIntegerField()),
                ('handled_by', models.BigIntegerField(null=True)),
                ('authority', models.CharField(max_length=200)),
                ('relation', models.CharField(max_length=20)),
                ('axis', models.CharField(max_length=12)),
                ('programme', models.CharField(max_length=80)),
                ('opened_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('outcome', models.CharField(max_length=12)),
                ('state', models.CharField(max_length=12)),
                ('step', models.IntegerField()),
                ('returns', models.IntegerField()),
                ('extended', models.IntegerField()),
            ],
            options={
                'db_table': 'ledger_loop',
                'indexes': [models.Index(fields=['debtor', 'state'], name='ledger_loop_debtor'), models.Index(fields=['creditor', 'state'], name='ledger_loop_creditor'), models.Index(fields=['handled_by'], name='ledger_loop_handler'), models.Index(fields=['parent_id'], name='ledger_loop_parent'), models.Index(fields=['subject_id'], name='ledger_loop_subject')],
            },
        ),
        migrations.CreateModel(
            name='LedgerText',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('entry_id', models.UUIDField()),
                ('name', models.CharField(max_length=40)),
                ('salt', models.BinaryField()),
                ('text', models.TextField()),
            ],
            options={
                'db_table': 'ledger_text',
                'constraints': [models.UniqueConstraint(fields=('entry_id', 'name'), name='ledger_text_entry_name')],
            },
        ),
        migrations.CreateModel(
            name='OrgDivision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', yunzhang.kit.fields.ByteText(max_length=12)),
                ('name', models.CharField(max_length=60)),
                ('above', yunzhang.kit.fields.ByteText(db_index=True, default='', max_length=12)),
                ('is_pseudo', models.BooleanField(default=False)),
                ('from_on', models.DateField()),
                ('to_on', models.DateField(null=True)),
                ('into', yunzhang.kit.fields.ByteText(default='', max_length=12)),
                ('source', models.CharField(default='', max_length=200)),
            ],
            options={
                'db_table': 'org_division',
                'constraints': [models.UniqueConstraint(fields=('code', 'from_on'), name='org_division_day')],
            },
        ),
        migrations.CreateModel(
            name='OrgAccount',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='account', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('reader', models.CharField(default=yunzhang.ground.org.terms.rights.Reader['OFFICE'], max_length=16)),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='account', to='yunzhang.orgperson')),
            ],
            options={
                'db_table': 'org_account',
            },
        ),
        migrations.CreateModel(
            name='OrgDelegation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_on', models.DateField()),
                ('to_on', models.DateField(null=True)),
                ('from_post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lent', to='yunzhang.orgpost')),
                ('to_post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='borrowed', to='yunzhang.orgpost')),
            ],
            options={
                'db_table': 'org_delegation',
            },
        ),
        migrations.CreateModel(
            name='OrgSector',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stream', models.UUIDField(unique=True)),
                ('code', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=60)),
                ('chief', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='yunzhang.orgpost')),
            ],
            options={
                'db_table': 'org_sector',
            },
        ),
        migrations.CreateModel(
            name='OrgSignInFailure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.CharField(max_length=64)),
                ('address', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
            ],
            options={
                'db_table': 'org_sign_in_failure',
                'indexes': [models.Index(fields=['account', 'at'], name='org_failure_account'), models.Index(fields=['address', 'at'], name='org_failure_address')],
            },
        ),
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
            name='OrgSectorUnit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_on', models.DateField()),
                ('to_on', models.DateField(null=True)),
                ('sector', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='yunzhang.orgsector')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sectors_in', to='yunzhang.orgunit')),
            ],
            options={
                'db_table': 'org_sector_unit',
            },
        ),
        migrations.AddField(
            model_name='orgsector',
            name='place',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='sectors', to='yunzhang.orgunit'),
        ),
        migrations.AddField(
            model_name='orgpost',
            name='unit',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='yunzhang.orgunit'),
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
        migrations.CreateModel(
            name='ObsFigure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.BigIntegerField()),
                ('figures', models.TextField()),
                ('snapshot', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, to='yunzhang.obssnapshot')),
            ],
            options={
                'db_table': 'obs_figure',
                'constraints': [models.UniqueConstraint(fields=('snapshot', 'unit'), name='obs_figure_once')],
            },
        ),
        migrations.CreateModel(
            name='OrgAppointment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_on', models.DateField()),
                ('to_on', models.DateField(null=True)),
                ('is_acting', models.BooleanField(default=False)),
                ('is_concurrent', models.BooleanField(default=False)),
                ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='yunzhang.orgperson')),
                ('post', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='yunzhang.orgpost')),
            ],
            options={
                'db_table': 'org_appointment',
                'indexes': [models.Index(fields=['post', 'from_on'], name='org_appointment_post'), models.Index(fields=['person', 'from_on'], name='org_appointment_person')],
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
        migrations.AddConstraint(
            model_name='orgsector',
            constraint=models.UniqueConstraint(fields=('place', 'code'), name='org_sector_code'),
        ),
        migrations.AddIndex(
            model_name='orgpost',
            index=models.Index(fields=['unit', 'official_order'], name='org_post_unit'),
        ),
        migrations.AddIndex(
            model_name='orgpost',
            index=models.Index(fields=['kind'], name='org_post_kind'),
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
