from django.db import migrations

# Words of both names of a gift, without accents: the index finds those that begin as typed. Split
# at the signs of ASCII alone, which every locale of a server calls the same. What is typed comes
# with its letters folded (`searchable`): "ß" as "ss", the last sigma as any other.
BY_NAME = """
CREATE FUNCTION northstar_words(name text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    array_to_tsvector(array_remove(
        regexp_split_to_array(
            replace(translate(northstar_plain(name), 'ς', 'σ'), 'ß', 'ss'),
            '[[:space:]!-/:-@[-`{-~]+'), ''));
CREATE INDEX donation_by_name ON donations_donation
    USING gin (northstar_words(name || ' ' || receipt_name));
"""
FORGET = """
DROP INDEX donation_by_name;
DROP FUNCTION northstar_words(text);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("donations", "0004_claim_taken_back"),
    ]

    operations = [migrations.RunSQL(BY_NAME, FORGET)]
