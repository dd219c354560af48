"""Phoenix: annotations of a span, waiting for the server and not."""

import os

from phoenix.client import Client

client = Client(base_url=f"{os.environ['URL']}/ingest/phoenix", api_key=os.environ["KEY"])
for sync in (False, True):
    client.spans.add_span_annotation(
        span_id="0123456789abcdef",
        annotation_name="accepted",
        annotator_kind="HUMAN",
        label="accepted",
        score=1.0,
        explanation="ok",
        identifier="evt-1",
        sync=sync,
    )
