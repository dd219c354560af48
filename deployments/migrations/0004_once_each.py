from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deployments", "0003_sign_off_names_the_proposer")]

    operations = [
        # someone who approved may still reject the same subject, so the answer is part of the key
        migrations.RemoveConstraint("signoff", "sign_off_once_per_subject"),
        migrations.AddConstraint(
            "signoff",
            models.UniqueConstraint(
                fields=["promotion", "by", "subject_digest", "answer"], name="sign_off_answer_once"
            ),
        ),
        migrations.AddConstraint(
            "evaluation",
            models.UniqueConstraint(
                fields=["model_version", "report_digest"], name="evaluation_report_once"
            ),
        ),
        migrations.AddConstraint(
            "modelversion",
            models.UniqueConstraint(
                fields=["project", "digest"], name="model_version_manifest_once"
            ),
        ),
    ]
