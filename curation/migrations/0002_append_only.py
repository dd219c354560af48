from django.db import migrations

from lib.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("curation", "0001_examples_votes_versions")]

    operations = [append_only("curation_vote", "curation_decision", "curation_datasetrow")]
