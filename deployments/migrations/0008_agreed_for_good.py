from django.db import migrations

from lib.append_only import final


class Migration(migrations.Migration):
    dependencies = [
        ("deployments", "0007_two_approvals"),
        ("governance", "0011_the_record_is_final"),
    ]

    operations = [
        final(
            "deployments_manifest",
            "deployments_evaluation",
            "deployments_signoff",
            "deployments_livechange",
        )
    ]
