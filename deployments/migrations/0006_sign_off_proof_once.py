from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("deployments", "0005_base_model"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "signoff",
            "proof",
            models.CharField(
                blank=True,
                db_default="",
                help_text="Names a proof that signs only once",
                max_length=60,
            ),
        ),
        migrations.AddConstraint(
            "signoff",
            models.UniqueConstraint(
                condition=~Q(proof=""), fields=["by", "proof"], name="sign_off_proof_once"
            ),
        ),
    ]
