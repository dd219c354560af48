"""OpenTelemetry: an evaluation as a log record and a model's call as a span, in protobuf."""

import os

endpoint = f"{os.environ['URL']}/ingest/otlp"
os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint
os.environ["OTEL_EXPORTER_OTLP_HEADERS"] = f"authorization=Bearer%20{os.environ['KEY']}"
os.environ["OTEL_EXPORTER_OTLP_COMPRESSION"] = "gzip"

from opentelemetry._logs import LogRecord  # noqa: E402
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter  # noqa: E402
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: E402
from opentelemetry.sdk._logs import LoggerProvider  # noqa: E402
from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor  # noqa: E402
from opentelemetry.sdk.trace import TracerProvider  # noqa: E402
from opentelemetry.sdk.trace.export import SimpleSpanProcessor  # noqa: E402

logs, spans = LoggerProvider(), TracerProvider()
logs.add_log_record_processor(SimpleLogRecordProcessor(OTLPLogExporter()))
spans.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter()))
told = {
    "gen_ai.operation.name": "chat",
    "gen_ai.request.model": "small-coder",
    "gen_ai.response.id": "chatcmpl-123",
    "gen_ai.output.messages": '[{"role": "assistant", "content": "x = 1"}]',
}
logs.get_logger("demo").emit(
    LogRecord(
        event_name="gen_ai.evaluation.result",
        timestamp=1_795_460_400_000_000_000,
        attributes={
            "gen_ai.evaluation.name": "accepted",
            "gen_ai.evaluation.score.label": "accepted",
            "gen_ai.evaluation.score.value": 1.0,
            "gen_ai.response.id": "chatcmpl-123",
        },
    )
)
with spans.get_tracer("demo").start_as_current_span("chat", attributes=told):
    pass
logs.shutdown()
spans.shutdown()
