from django.db import migrations

from lib.append_only import append_only, final


class Migration(migrations.Migration):
    dependencies = [("governance", "0010_erasures_and_retention")]

    operations = [
        append_only("governance_erasure", "governance_tombstone"),
        final("governance_ledgerentry", "governance_erasure", "governance_tombstone"),
    ]
