"""PostgreSQL: number and title in a column of their own, so that hits there are found without opening long texts."""

from django.db import migrations

HEAD = (
    "setweight(to_tsvector('simple', regexp_replace(number, '-(?=\\d)', ' ', 'g')), 'A') || "
    "setweight(to_tsvector('english', regexp_replace(coalesce(title, ''), '-(?=\\d)', ' ', 'g')), 'B')"
)


def forwards(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute(f"ALTER TABLE search_word ADD COLUMN head tsvector GENERATED ALWAYS AS ({HEAD}) STORED")
        editor.execute("CREATE INDEX search_word_head ON search_word USING gin (head)")


def backwards(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute("ALTER TABLE search_word DROP COLUMN head")


class Migration(migrations.Migration):
    dependencies = [("search", "0001_index")]
    operations = [migrations.RunPython(forwards, backwards)]
