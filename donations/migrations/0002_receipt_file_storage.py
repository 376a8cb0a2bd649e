from django.db import migrations


class Migration(migrations.Migration):
    """PDF files are compressed already: store them beside the row as they are."""

    dependencies = [("donations", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE donations_receiptfile ALTER COLUMN data SET STORAGE EXTERNAL",
            migrations.RunSQL.noop,
        )
    ]
