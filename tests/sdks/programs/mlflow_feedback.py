"""MLflow: feedback, an expectation, a change, a removal, as an evaluation script makes them."""

import os

import mlflow
from mlflow.entities import AssessmentSource, Feedback

os.environ["MLFLOW_TRACKING_TOKEN"] = os.environ["KEY"]
mlflow.set_tracking_uri(f"{os.environ['URL']}/ingest/mlflow")
trace = "tr-0123456789abcdef0123456789abcdef"
person = AssessmentSource(source_type="HUMAN", source_id="alice")
made = mlflow.log_feedback(
    trace_id=trace,
    name="accepted",
    value=True,
    source=person,
    rationale="kept",
    metadata={"time_to_accept_ms": "812"},
)
assert made.assessment_id, made
mlflow.log_expectation(trace_id=trace, name="corrected_code", value="print(1)\n", source=person)
changed = mlflow.update_assessment(
    trace_id=trace,
    assessment_id=made.assessment_id,
    assessment=Feedback(name="accepted", value=False),
)
assert changed.assessment_id == made.assessment_id, changed
mlflow.delete_assessment(trace_id=trace, assessment_id=made.assessment_id)
