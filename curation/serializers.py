"""The shapes of dataset versions over the API."""

from rest_framework import serializers


class VersionListed(serializers.Serializer[dict[str, object]]):
    """One dataset version in the list."""

    number = serializers.IntegerField()
    state = serializers.CharField()
    content_id = serializers.CharField(help_text="SHA-256 over the content; empty until frozen")
    rows = serializers.IntegerField(help_text="0 until frozen")
    cutoff = serializers.DateTimeField()
    frozen_at = serializers.DateTimeField(allow_null=True)


class VersionShown(VersionListed):
    """One dataset version with its manifest."""

    problem = serializers.CharField(help_text="Why it failed; empty otherwise")
    progress = serializers.IntegerField(help_text="Examples written so far")
    total = serializers.IntegerField(help_text="Examples to write")
    manifest = serializers.DictField(help_text="docs/dataset-format.md; empty until frozen")
    erased = serializers.DictField(
        required=False,
        help_text="Only after an erasure: how many lines are left out, and the files as they are",
    )


class ExportFile(serializers.Serializer[dict[str, object]]):
    """One file of an export."""

    name = serializers.CharField(help_text="What it is asked for by")
    rows = serializers.IntegerField(help_text="0 for a file beside the rows")


class ExportListed(serializers.Serializer[dict[str, object]]):
    """One export of a dataset version."""

    name = serializers.CharField()
    archive = serializers.CharField(help_text="All its files, as one ZIP")
    files = ExportFile(many=True)
