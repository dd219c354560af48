from django.db import migrations

from lib.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("governance", "0001_people_and_the_record")]

    operations = [append_only("governance_ledgerentry")]
