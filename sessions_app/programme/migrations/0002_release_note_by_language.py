"""A release's note is written once per language; notes that exist are in the event's main language."""

from typing import Any

from django.conf import settings
from django.db import migrations, models


def fill(apps: Any, schema_editor: Any) -> None:
    """Put each note where its language is."""
    release = apps.get_model("programme", "Release")
    supported = [code for code, _name in settings.LANGUAGES]
    for pk, note, languages in release.objects.exclude(note="").values_list("pk", "note", "event__languages"):
        main = next((code for code in languages or [] if code in supported), settings.LANGUAGE_CODE)
        release.objects.filter(pk=pk).update(**{f"note_{main}": note})


class Migration(migrations.Migration):
    """Adds the columns and fills them."""

    dependencies = [("programme", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="release",
            name="note_en",
            field=models.CharField(blank=True, max_length=500, null=True, verbose_name="note"),
        ),
        migrations.AddField(
            model_name="release",
            name="note_ru",
            field=models.CharField(blank=True, max_length=500, null=True, verbose_name="note"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
