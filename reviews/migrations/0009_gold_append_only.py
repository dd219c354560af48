from django.db import migrations

from lib.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("reviews", "0008_gold_items_and_probes")]

    operations = [append_only("reviews_golditem", "reviews_probe")]
