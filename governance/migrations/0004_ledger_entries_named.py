from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0003_access_tokens"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="ledgerentry",
            options={"verbose_name_plural": "ledger entries"},
        ),
    ]
