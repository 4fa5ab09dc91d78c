from django.db import migrations, models


class Migration(migrations.Migration):
    """Note of a repair how many changes could not be avoided."""

    dependencies = [
        ("matchmaking", "0002_runs_and_screens"),
    ]

    operations = [
        migrations.AddField(
            model_name="solverrun",
            name="unavoidable",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
    ]
