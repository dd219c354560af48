from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deployments", "0004_once_each")]

    operations = [
        migrations.AddField(
            "modelversion",
            "base_model",
            models.CharField(
                default="", help_text="As the newest manifest names it", max_length=300
            ),
            preserve_default=False,
        ),
    ]
