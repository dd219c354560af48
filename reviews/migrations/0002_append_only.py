from django.db import migrations

from lib.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("reviews", "0001_tasks_and_verdicts")]

    operations = [append_only("reviews_verdict")]
