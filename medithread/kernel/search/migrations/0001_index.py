"""The search index: FTS5 on SQLite, tsvector with GIN on PostgreSQL."""

from django.db import migrations


def forwards(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute(
            "CREATE TABLE search_word (record_id bigint PRIMARY KEY, number text NOT NULL, title text, body text, tsv tsvector NOT NULL)"
        )
        editor.execute("CREATE INDEX search_word_tsv ON search_word USING gin (tsv)")
    else:
        editor.execute("CREATE VIRTUAL TABLE search_word USING fts5(number, title, body, tokenize='porter unicode61 remove_diacritics 2', prefix='2 3')")


def backwards(apps, editor):
    editor.execute("DROP TABLE search_word")


class Migration(migrations.Migration):
    initial = True
    dependencies = [("records", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
