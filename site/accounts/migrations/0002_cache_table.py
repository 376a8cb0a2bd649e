from django.db import migrations


class Migration(migrations.Migration):
    """The table of Django's database cache: sign-in limits and used codes, shared by processes."""

    dependencies = [("accounts", "0001_initial")]
    operations = [
        migrations.RunSQL(
            """
            CREATE TABLE northstar_cache (
                cache_key varchar(255) PRIMARY KEY,
                value text NOT NULL,
                expires timestamp with time zone NOT NULL
            );
            CREATE INDEX northstar_cache_expires ON northstar_cache (expires);
            """,
            "DROP TABLE northstar_cache",
        )
    ]
