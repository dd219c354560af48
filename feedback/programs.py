"""How proxies, SDKs and programs are told to report here."""

from django.utils.translation import gettext_lazy

from feedback.pieces import ENVIRONMENT, Piece, Tool

EXPORTED = Piece(ENVIRONMENT, "sh", "export EMEND_INGEST_KEY={key}")
HOOKS = gettext_lazy("In the settings of the repository or the group, under Webhooks.")

PROGRAMS = (
    Tool(
        "litellm",
        "LiteLLM",
        "litellm",
        gettext_lazy("Every call that succeeds and writes text."),
        (
            Piece(
                "config.yaml",
                "yaml",
                """
litellm_settings:
  callbacks: ["emend"]

callback_settings:
  emend:
    callback_type: generic_api
    endpoint: {url}/ingest/litellm
    headers:
      Authorization: Bearer {key}
    event_types:
      - llm_api_success
""",
            ),
        ),
    ),
    Tool(
        "openai",
        "OpenAI SDK",
        "openai",
        gettext_lazy("Completions that you store, and metadata on them."),
        (
            EXPORTED,
            Piece(
                "Python",
                "python",
                """
from os import environ

from openai import OpenAI

feedback = OpenAI(base_url="{url}/ingest/openai/v1", api_key=environ["EMEND_INGEST_KEY"])
stored = feedback.chat.completions.create(
    model="small-coder",
    messages=[*asked, {"role": "assistant", "content": answer}],
    store=True,
)
feedback.chat.completions.update(stored.id, metadata={"accepted": "true"})
""",
                gettext_lazy("A client of its own: Emend stores answers and writes none."),
            ),
        ),
    ),
    Tool(
        "mlflow",
        "MLflow",
        "mlflow",
        gettext_lazy("Assessments: feedback and expectations."),
        (
            Piece(
                ENVIRONMENT,
                "sh",
                """
export MLFLOW_TRACKING_URI={url}/ingest/mlflow
export MLFLOW_TRACKING_TOKEN={key}
""",
            ),
            Piece(
                "Python",
                "python",
                """
import mlflow
from mlflow.entities import AssessmentSource

mlflow.log_feedback(
    trace_id=trace,
    name="accepted",
    value=True,
    source=AssessmentSource(source_type="HUMAN", source_id="ines"),
)
""",
            ),
        ),
    ),
    Tool(
        "langfuse",
        "Langfuse",
        "langfuse",
        gettext_lazy("Traces, scores and corrections."),
        (
            Piece(
                ENVIRONMENT,
                "sh",
                """
export LANGFUSE_HOST={url}/ingest/langfuse
export LANGFUSE_PUBLIC_KEY=pk-lf-emend
export LANGFUSE_SECRET_KEY={key}
""",
            ),
            Piece(
                "Python",
                "python",
                """
from langfuse import get_client

langfuse = get_client()
langfuse.create_score(trace_id=trace, name="accepted", value=1, data_type="BOOLEAN")
langfuse.flush()
""",
            ),
        ),
    ),
    Tool(
        "phoenix",
        "Phoenix",
        "phoenix",
        gettext_lazy("Annotations of spans, traces and sessions."),
        (
            EXPORTED,
            Piece(
                "Python",
                "python",
                """
from os import environ

from phoenix.client import Client

client = Client(base_url="{url}/ingest/phoenix", api_key=environ["EMEND_INGEST_KEY"])
client.spans.add_span_annotation(
    span_id=span, annotation_name="accepted", annotator_kind="HUMAN", label="accepted", score=1.0
)
""",
            ),
        ),
    ),
    Tool(
        "opik",
        "Opik",
        "opik",
        gettext_lazy("Traces, spans and feedback scores."),
        (
            Piece(
                ENVIRONMENT,
                "sh",
                """
export OPIK_URL_OVERRIDE={url}/ingest/opik/api
export OPIK_API_KEY={key}
export OPIK_WORKSPACE=default
""",
            ),
            Piece(
                "Python",
                "python",
                """
import opik

client = opik.Opik(project_name="code")
client.log_traces_feedback_scores(scores=[{"id": trace, "name": "accepted", "value": 1.0}])
client.flush()
""",
            ),
        ),
    ),
    Tool(
        "tensorzero",
        "TensorZero",
        "tensorzero",
        gettext_lazy("Metrics, comments and demonstrations."),
        (
            EXPORTED,
            Piece(
                "Python",
                "python",
                """
from os import environ

from tensorzero import TensorZeroGateway

address = f"{url}/k/{environ['EMEND_INGEST_KEY']}/tensorzero"
with TensorZeroGateway.build_http(gateway_url=address) as feedback:
    feedback.feedback(metric_name="accepted", inference_id=inference, value=True)
""",
                gettext_lazy("Its client sends no key to another server, so the address has it."),
            ),
        ),
    ),
    Tool(
        "github",
        "GitHub",
        "github",
        gettext_lazy("Comments on lines of pull requests, and suggestions that were taken."),
        (
            Piece("Payload URL", "text", "{url}/k/{key}/github", HOOKS),
            Piece("Secret", "text", "{key}", gettext_lazy("The same key; events are signed.")),
            Piece(
                "Let me select individual events",
                "text",
                """
Pull request review comments
Pull request review threads
""",
            ),
        ),
    ),
    Tool(
        "gitlab",
        "GitLab",
        "gitlab",
        gettext_lazy("Comments on lines of merge requests."),
        (
            Piece("URL", "text", "{url}/ingest/gitlab", HOOKS),
            Piece("Secret token", "text", "{key}"),
            Piece("Trigger", "text", "Comments"),
        ),
    ),
    Tool(
        "python",
        "Python",
        "",
        gettext_lazy("Whatever your program knows; it is never held up by it."),
        (
            Piece(
                ENVIRONMENT,
                "sh",
                """
pip install ./clients/python
export EMEND_URL={url}
export EMEND_INGEST_KEY={key}
""",
                gettext_lazy("emend_client comes with Emend and needs nothing but Python."),
            ),
            Piece(
                "Python",
                "python",
                """
from emend_client import Emend, file_reader

emend = Emend()
made = emend.generation(prompt=prompt, output=output, file_path="billing/money.py")
made.shown()
made.accepted().track_survival(file_reader("billing/money.py"))
""",
            ),
        ),
    ),
    Tool(
        "api",
        "HTTP",
        "",
        gettext_lazy("Generations, reactions and corrections, from any program."),
        (
            Piece(
                "curl",
                "sh",
                """
curl {url}/api/v1/feedback \\
  -H 'Authorization: Bearer {key}' \\
  -H 'Content-Type: application/json' \\
  -d '[{"type": "generation", "id": "first-1", "language": "python", "file_path": "half.py",
        "prompt": "Half of a whole number, rounded down", "output": "def half(n): return n / 2"},
       {"type": "reaction", "id": "first-1-seen", "generation": "first-1", "kind": "shown"}]'
""",
            ),
        ),
    ),
)
