"""TensorZero: a metric, a demonstration and a comment through its HTTP client."""

import os

from tensorzero import TensorZeroGateway

inference, episode = "0199f000-0000-7000-8000-000000000001", "0199f000-0000-7000-8000-000000000002"
with TensorZeroGateway.build_http(
    gateway_url=f"{os.environ['URL']}/k/{os.environ['KEY']}/tensorzero"
) as client:
    for sent in (
        {"metric_name": "accepted", "inference_id": inference, "value": True},
        {"metric_name": "demonstration", "inference_id": inference, "value": "print(1)\n"},
        {"metric_name": "comment", "episode_id": episode, "value": "bad"},
    ):
        assert client.feedback(**sent).feedback_id
