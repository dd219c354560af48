from django.db import migrations

# The verbs check all of it under locks (deployments.promotion); PostgreSQL says the same again, so
# that no other code and no careless shell makes a model live that two people did not sign.
# What needs the subject's bytes or the policy (is it the subject of now, whose labels are they)
# stays with the verbs.
FORWARD = """
CREATE FUNCTION deployments_promotion_is_approved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state = NEW.state THEN
        RETURN NEW;
    END IF;
    IF EXISTS (
        SELECT FROM deployments_signoff
         WHERE promotion_id = NEW.id AND answer = 'rejected'
    ) OR NOT EXISTS (
        SELECT FROM deployments_signoff AS signed
         WHERE signed.promotion_id = NEW.id
           AND signed.answer = 'approved'
           AND signed.by_id <> NEW.proposed_by_id
           AND EXISTS (
               SELECT FROM governance_membership AS member
                WHERE member.user_id = signed.by_id AND member.project_id = NEW.project_id
                  AND member.role = 'governance_lead')
           AND NOT EXISTS (
               SELECT FROM deployments_modelversion AS version
                WHERE version.id = NEW.model_version_id AND version.registered_by_id = signed.by_id)
           AND NOT EXISTS (
               SELECT FROM deployments_manifest AS manifest
                WHERE manifest.model_version_id = NEW.model_version_id
                  AND manifest.by_id = signed.by_id)
         GROUP BY signed.subject_digest
        HAVING count(DISTINCT signed.by_id) >= 2
    ) THEN
        RAISE EXCEPTION 'promotion % is not approved by two people who may', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'promotion_two_approvals';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER promotion_two_approvals
    BEFORE INSERT OR UPDATE OF state ON deployments_promotion
    FOR EACH ROW WHEN (NEW.state = 'promoted')
    EXECUTE FUNCTION deployments_promotion_is_approved();

CREATE FUNCTION deployments_live_change_is_promoted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM deployments_promotion
         WHERE id = NEW.promotion_id AND state = 'promoted'
           AND endpoint_id = NEW.endpoint_id AND model_version_id = NEW.model_version_id
    ) THEN
        RAISE EXCEPTION 'promotion % did not make this live', NEW.promotion_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'live_change_was_promoted';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER live_change_was_promoted
    BEFORE INSERT ON deployments_livechange
    FOR EACH ROW WHEN (NEW.kind = 'promoted')
    EXECUTE FUNCTION deployments_live_change_is_promoted();
"""
BACKWARD = """
DROP TRIGGER live_change_was_promoted ON deployments_livechange;
DROP FUNCTION deployments_live_change_is_promoted;
DROP TRIGGER promotion_two_approvals ON deployments_promotion;
DROP FUNCTION deployments_promotion_is_approved;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("deployments", "0006_sign_off_proof_once"),
        ("governance", "0004_ledger_entries_named"),
    ]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
