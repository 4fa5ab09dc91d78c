"""SQLite's index of words knows how words begin: without that, the begin of a common word reads all its places.

It keeps no positions, as phrases are not asked for: with all the begins it takes three times the room it took before.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

FORM = (
    "CREATE VIRTUAL TABLE media_archive_cue_said USING fts5(text, content='media_archive_cue_folded', "
    "content_rowid='id', tokenize='unicode61 remove_diacritics 2'{options})"
)
BEGINS = ", detail=none, prefix='1 2 3 4 5 6 7 8 9 10'"
FILL = "INSERT INTO media_archive_cue_said (media_archive_cue_said) VALUES ('rebuild')"


def remake(schema_editor: BaseDatabaseSchemaEditor, options: str) -> None:
    """Make the index anew; the triggers that keep it call it by its name and stay."""
    if schema_editor.connection.vendor != "sqlite":
        return
    schema_editor.execute("DROP TABLE media_archive_cue_said")
    schema_editor.execute(FORM.format(options=options))
    schema_editor.execute(FILL)


def with_begins(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Index the first one to ten letters of words as well."""
    remake(schema_editor, BEGINS)


def without_begins(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Index whole words only."""
    remake(schema_editor, "")


class Migration(migrations.Migration):
    """Remakes the index of SQLite."""

    dependencies = [("media_archive", "0003_sound_tracks")]

    operations = [migrations.RunPython(with_begins, without_begins)]
