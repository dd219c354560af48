from django.db import migrations

# A CHECK sees one row only. The composite key makes `sign_off.proposed_by` the promotion's own,
# so that `sign_off_four_eyes` cannot be talked around by writing another name.
FORWARD = """
ALTER TABLE deployments_promotion
    ADD CONSTRAINT promotion_and_proposer UNIQUE (id, proposed_by_id);
ALTER TABLE deployments_signoff
    ADD CONSTRAINT sign_off_proposer_is_the_promotions
    FOREIGN KEY (promotion_id, proposed_by_id)
    REFERENCES deployments_promotion (id, proposed_by_id);
"""
BACKWARD = """
ALTER TABLE deployments_signoff DROP CONSTRAINT sign_off_proposer_is_the_promotions;
ALTER TABLE deployments_promotion DROP CONSTRAINT promotion_and_proposer;
"""


class Migration(migrations.Migration):
    dependencies = [("deployments", "0002_append_only")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
