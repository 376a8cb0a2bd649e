import django.contrib.postgres.indexes
import django.db.models.expressions
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('donations', '0005_gifts_by_name'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='donation',
            index=models.Index(fields=['amount_minor'], name='donation_by_amount'),
        ),
        migrations.AddIndex(
            model_name='donation',
            index=models.Index(django.db.models.expressions.CombinedExpression(models.F('amount_minor'), '-', models.F('fee_cover_minor')), name='donation_by_own_amount'),
        ),
        migrations.AddIndex(
            model_name='donation',
            index=models.Index(models.F('card_last4'), condition=models.Q(('card_last4', ''), _negated=True), name='donation_by_card'),
        ),
        migrations.AddIndex(
            model_name='donation',
            index=models.Index(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('postcode'), name='text_pattern_ops'), name='donation_by_postcode'),
        ),
    ]
