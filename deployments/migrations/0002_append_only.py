from django.db import migrations

from lib.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("deployments", "0001_models_and_sign_off")]

    operations = [
        append_only(
            "deployments_manifest",
            "deployments_evaluation",
            "deployments_signoff",
            "deployments_livechange",
        )
    ]
