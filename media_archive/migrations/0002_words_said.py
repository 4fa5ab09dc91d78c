"""An index of the words of transcripts, kept by the database itself; it is no part of Django's state.

On SQLite a later change of the table of lines makes the table anew and loses the triggers: such a migration
must drop and make them again, by the functions below.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

POSTGRESQL = (
    """
    ALTER TABLE media_archive_cue ADD COLUMN said tsvector
    GENERATED ALWAYS AS (to_tsvector('russian'::regconfig, translate(text, 'ёЁ', 'еЕ'))) STORED
    """,
    "CREATE INDEX media_archive_cue_said ON media_archive_cue USING gin (said) WITH (fastupdate = off)",
)
POSTGRESQL_BACK = ("ALTER TABLE media_archive_cue DROP COLUMN said",)
FOLDED = "replace(replace({0}.text, 'ё', 'е'), 'Ё', 'Е')"
REMOVE = (
    "INSERT INTO media_archive_cue_said (media_archive_cue_said, rowid, text) "  # noqa: S608 # nosec B608  constants
    f"VALUES ('delete', old.id, {FOLDED.format('old')});"
)
ADD = f"INSERT INTO media_archive_cue_said (rowid, text) VALUES (new.id, {FOLDED.format('new')});"  # noqa: S608 # nosec B608  constants
SQLITE = (
    f"CREATE VIEW media_archive_cue_folded AS SELECT cue.id, {FOLDED.format('cue')} AS text FROM media_archive_cue AS cue",  # noqa: S608 # nosec B608  constants
    """
    CREATE VIRTUAL TABLE media_archive_cue_said USING fts5(
        text, content='media_archive_cue_folded', content_rowid='id', tokenize='unicode61 remove_diacritics 2'
    )
    """,
    f"CREATE TRIGGER media_archive_cue_added AFTER INSERT ON media_archive_cue BEGIN {ADD} END",
    f"CREATE TRIGGER media_archive_cue_removed AFTER DELETE ON media_archive_cue BEGIN {REMOVE} END",
    f"CREATE TRIGGER media_archive_cue_changed AFTER UPDATE OF id, text ON media_archive_cue BEGIN {REMOVE} {ADD} END",
    "INSERT INTO media_archive_cue_said (media_archive_cue_said) VALUES ('rebuild')",
)
SQLITE_BACK = (
    "DROP TRIGGER media_archive_cue_added",
    "DROP TRIGGER media_archive_cue_removed",
    "DROP TRIGGER media_archive_cue_changed",
    "DROP TABLE media_archive_cue_said",
    "DROP VIEW media_archive_cue_folded",
)


def make(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the index of this database's kind."""
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def unmake(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take it away."""
    back = POSTGRESQL_BACK if schema_editor.connection.vendor == "postgresql" else SQLITE_BACK
    for statement in back:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    """Adds the index."""

    dependencies = [("media_archive", "0001_initial")]

    operations = [migrations.RunPython(make, unmake)]
