from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("curation", "0006_row_says_nearly_the_same")]

    operations = [
        migrations.AlterModelOptions(
            "category",
            options={"ordering": ["position", "id"], "verbose_name_plural": "categories"},
        ),
    ]
