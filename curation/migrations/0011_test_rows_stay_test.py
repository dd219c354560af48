from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("curation", "0010_rows_may_be_erased")]

    operations = [
        migrations.AddField(
            model_name="datasetversion",
            name="earlier",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="Numbers of the versions frozen when it was asked for:"
                " their test rows stay test",
            ),
        ),
    ]
