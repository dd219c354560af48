from django.db import migrations

# A report that is one statement cannot wait for an erasure and then see it: its snapshot is older.
# What a trigger asks after the insert has a new one.
FORWARD = """
CREATE FUNCTION emend_refuse_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM came JOIN governance_tombstone gone ON gone.project_id = came.project_id
         AND gone.digest = sha256(convert_to(TG_ARGV[0] || chr(10) || came.client_id, 'UTF8'))
    ) THEN
        RAISE EXCEPTION 'a % was erased while it came', TG_ARGV[0]
            USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER feedback_generation_erased AFTER INSERT ON feedback_generation
    REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION emend_refuse_erased('generation');
ALTER TABLE feedback_generation ENABLE ALWAYS TRIGGER feedback_generation_erased;
"""
BACKWARD = """
DROP TRIGGER feedback_generation_erased ON feedback_generation;
DROP FUNCTION emend_refuse_erased();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("feedback", "0008_repository_terms"),
        ("governance", "0011_the_record_is_final"),
    ]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
