
import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0009_reports'),
    ]

    operations = [
        migrations.CreateModel(
            name='Challenge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sponsor', models.CharField(blank=True, help_text='Only as agreed. Left empty, pages say “a friend of our work”.', max_length=80, verbose_name='sponsor, as shown')),
                ('agreed_by', models.CharField(blank=True, max_length=120, verbose_name='who agreed to be named')),
                ('agreed_on', models.DateField(blank=True, null=True, verbose_name='when they agreed')),
                ('adds', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(10)], verbose_name='adds')),
                ('per', models.PositiveSmallIntegerField(default=1, help_text='In units of the currency: 2 to each 1 makes three of every one.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(10)], verbose_name='to each')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('cap_minor', models.PositiveBigIntegerField(verbose_name='up to, in all')),
                ('starts_at', models.DateTimeField(verbose_name='from')),
                ('ends_at', models.DateTimeField(verbose_name='until')),
                ('code', models.CharField(help_text="The sponsor's own payment is entered with this code, such as SCHOOL-YEAR-MATCH.", max_length=32, unique=True, validators=[django.core.validators.RegexValidator('^[A-Z0-9_-]+\\Z', 'Capital letters, digits, - and _ only.')], verbose_name="appeal code of the sponsor's gift")),
            ],
            options={
                'verbose_name': 'matching challenge',
                'verbose_name_plural': 'matching challenges',
                'ordering': ['-starts_at'],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='campaign',
            trigger=pgtrigger.compiler.Trigger(name='campaign_terms_kept_if_matched', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.designation_id IS DISTINCT FROM NEW.designation_id OR OLD.goal_currency <> NEW.goal_currency)', func="\n                    IF EXISTS (\n                        SELECT 1 FROM campaigns_challenge c WHERE c.campaign_id = OLD.id\n                    ) THEN\n                        RAISE EXCEPTION 'campaign_terms_kept_if_matched: a sponsor promised';\n                    END IF;\n                    RETURN NEW;\n                ", hash='f4c5c03d44b3b89a5fcd7853034e7e82f0c45788', operation='UPDATE', pgid='pgtrigger_campaign_terms_kept_if_matched_a3440', table='campaigns_campaign', when='BEFORE')),
        ),
        migrations.AddField(
            model_name='challenge',
            name='campaign',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='challenges', to='campaigns.campaign', verbose_name='campaign'),
        ),
        migrations.AddConstraint(
            model_name='challenge',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='challenge_ends_after_it_begins'),
        ),
        migrations.AddConstraint(
            model_name='challenge',
            constraint=models.CheckConstraint(condition=models.Q(('adds__range', (1, 10)), ('cap_minor__gt', 0), ('per__range', (1, 10))), name='challenge_is_some_money'),
        ),
        migrations.AddConstraint(
            model_name='challenge',
            constraint=models.CheckConstraint(condition=models.Q(('code__regex', '^[A-Z0-9_-]+$')), name='challenge_code_is_plain'),
        ),
        migrations.AddConstraint(
            model_name='challenge',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('agreed_by', ''), ('agreed_on', None), ('sponsor', '')), models.Q(models.Q(('sponsor', ''), _negated=True), models.Q(('agreed_by', ''), _negated=True), ('agreed_on__isnull', False)), _connector='OR'), name='challenge_names_whom_it_may'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='challenge',
            trigger=pgtrigger.compiler.Trigger(name='challenge_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='ea045f2441e4e3e646ab080a15bc65038dfbc3ad', operation='DELETE', pgid='pgtrigger_challenge_is_kept_9f062', table='campaigns_challenge', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='challenge',
            trigger=pgtrigger.compiler.Trigger(name='challenge_code_kept', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN ((TRUE) AND (OLD."code" IS DISTINCT FROM NEW."code" OR OLD."campaign_id" IS DISTINCT FROM NEW."campaign_id"))', func="RAISE EXCEPTION 'challenge_code_kept: this cannot be changed any more';", hash='d30dd586529acca1c6ca7f40fe9002cceeb07190', operation='UPDATE', pgid='pgtrigger_challenge_code_kept_d78ef', table='campaigns_challenge', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='challenge',
            trigger=pgtrigger.compiler.Trigger(name='challenge_promise_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.starts_at <= now())', func="\n                    IF (OLD.adds, OLD.per, OLD.currency, OLD.starts_at)\n                            IS DISTINCT FROM (NEW.adds, NEW.per, NEW.currency, NEW.starts_at)\n                        OR NEW.cap_minor < OLD.cap_minor\n                        OR NEW.ends_at < LEAST(OLD.ends_at, now())\n                    THEN\n                        RAISE EXCEPTION 'challenge_promise_is_kept: it has begun';\n                    END IF;\n                    RETURN NEW;\n                ", hash='91258cb4548fde95729edadbc05dca7607a2ffd1', operation='UPDATE', pgid='pgtrigger_challenge_promise_is_kept_2f215', table='campaigns_challenge', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='challenge',
            trigger=pgtrigger.compiler.Trigger(name='challenge_matches_once', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE wanted text;', func="\n                    SELECT c.goal_currency INTO wanted FROM campaigns_campaign c\n                    WHERE c.id = NEW.campaign_id FOR NO KEY UPDATE;\n                    IF wanted IS DISTINCT FROM NEW.currency THEN\n                        RAISE EXCEPTION 'challenge_matches_once: not in the currency of the goal';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM campaigns_campaign c WHERE c.code = NEW.code) THEN\n                        RAISE EXCEPTION 'challenge_matches_once: % is a campaign', NEW.code;\n                    END IF;\n                    IF EXISTS (\n                        SELECT 1 FROM campaigns_challenge o\n                        WHERE o.campaign_id = NEW.campaign_id AND o.id IS DISTINCT FROM NEW.id\n                            AND o.starts_at < NEW.ends_at AND NEW.starts_at < o.ends_at\n                    ) THEN\n                        RAISE EXCEPTION 'challenge_matches_once: two at one time';\n                    END IF;\n                    RETURN NEW;\n                ", hash='c84485c8d446c4fe9847e356b1405fb42263604e', operation='INSERT OR UPDATE', pgid='pgtrigger_challenge_matches_once_325ff', table='campaigns_challenge', when='BEFORE')),
        ),
    ]
