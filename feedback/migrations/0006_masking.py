"""What masking leaves behind, and a project's own patterns."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from lib.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("feedback", "0005_imported_files"),
        ("governance", "0005_own_keys"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="correction",
            name="payload_sha256",
            field=models.CharField(
                help_text="Of the record as sent, canonical; keyed where it was masked",
                max_length=64,
            ),
        ),
        migrations.AlterField(
            model_name="generation",
            name="payload_sha256",
            field=models.CharField(
                help_text="Of the record as sent, canonical; keyed where it was masked",
                max_length=64,
            ),
        ),
        migrations.AlterField(
            model_name="reaction",
            name="payload_sha256",
            field=models.CharField(
                help_text="Of the record as sent, canonical; keyed where it was masked",
                max_length=64,
            ),
        ),
        migrations.CreateModel(
            name="OutputShift",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("shifts", models.JSONField()),
                (
                    "generation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="output_shift",
                        to="feedback.generation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MaskedCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=60)),
                ("count", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="governance.project",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["project", "at"], name="masked_count_by_time")],
            },
        ),
        migrations.CreateModel(
            name="MaskingPattern",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(help_text="Stands in the placeholder", max_length=40)),
                ("expression", models.CharField(help_text="For RE2", max_length=500)),
                ("created_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="governance.project",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("project", "name"),
                        name="masking_pattern_name_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name__regex", "^[a-z][a-z0-9_]{1,39}$")),
                        name="masking_pattern_name_form",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("ended_by", None)),
                            models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="masking_pattern_ended_by_someone",
                    ),
                ],
            },
        ),
        append_only("feedback_maskedcount", "feedback_outputshift"),
    ]
