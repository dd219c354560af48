from django.db import migrations

from lib.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("feedback", "0001_what_clients_told_us")]

    operations = [
        append_only(
            "feedback_blob", "feedback_generation", "feedback_reaction", "feedback_correction"
        )
    ]
