"""The shapes machines send and get; what a manifest or a report needs is checked by the verbs."""

from typing import Any

from rest_framework import serializers

from deployments.models import Evaluation, ModelVersion


class ManifestSent(serializers.Serializer[ModelVersion]):
    """A model version to register."""

    manifest = serializers.JSONField(help_text="docs/api.md names its fields")


class EvaluationSent(serializers.Serializer[Evaluation]):
    """One run of one suite."""

    suite = serializers.CharField(max_length=200)
    report = serializers.JSONField(
        help_text="{metric: {value, low, high, n}}: fractions as text, 95 % interval, cases"
    )
    manifest_digest = serializers.RegexField(
        r"^[0-9a-f]{64}$",
        required=False,
        help_text="What was evaluated; the one in force if absent",
    )


class VersionKept(serializers.Serializer[ModelVersion]):
    """A registered model version."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    revision = serializers.IntegerField()
    digest = serializers.CharField(help_text="SHA-256 of the manifest's canonical bytes")
    dataset_version = serializers.CharField(
        source="dataset_version.content_id", default=None, help_text="Its content id, or null"
    )
    registered_at = serializers.DateTimeField()


class EvaluationKept(serializers.Serializer[Evaluation]):
    """An attached evaluation."""

    id = serializers.IntegerField()
    suite = serializers.CharField()
    manifest_digest = serializers.CharField()
    report_digest = serializers.CharField(help_text="SHA-256 over suite, manifest and report")


class Live(serializers.Serializer[dict[str, Any]]):
    """What an endpoint answers with; every field null where nothing is live."""

    endpoint = serializers.CharField()
    id = serializers.IntegerField(allow_null=True)
    model = serializers.CharField(allow_null=True)
    revision = serializers.IntegerField(allow_null=True)
    digest = serializers.CharField(
        allow_null=True, help_text="The manifest that went live: load nothing else"
    )
    artifacts = serializers.JSONField(allow_null=True, help_text="[{path, sha256, bytes}]")
    since = serializers.DateTimeField(allow_null=True)
