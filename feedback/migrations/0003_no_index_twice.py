"""Drop indexes that longer ones begin with, or that nothing asks: each insert pays for each."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("feedback", "0002_append_only"),
        ("governance", "0004_ledger_entries_named"),
    ]

    operations = [
        migrations.AlterField(
            model_name="blob",
            name="project",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="governance.project",
            ),
        ),
        migrations.AlterField(
            model_name="correction",
            name="key",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="governance.ingestkey",
            ),
        ),
        migrations.AlterField(
            model_name="correction",
            name="project",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="governance.project",
            ),
        ),
        migrations.AlterField(
            model_name="generation",
            name="key",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="governance.ingestkey",
            ),
        ),
        migrations.AlterField(
            model_name="generation",
            name="project",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="governance.project",
            ),
        ),
        migrations.AlterField(
            model_name="reaction",
            name="key",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="governance.ingestkey",
            ),
        ),
        migrations.AlterField(
            model_name="reaction",
            name="project",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="governance.project",
            ),
        ),
    ]
