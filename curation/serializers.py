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


class Since(serializers.Serializer[dict[str, object]]):
    """Which version to compare with."""

    since = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=2**31 - 1,
        help_text="The number of a frozen version; the one before, where it is not told",
    )


class ChangeCounts(serializers.Serializer[dict[str, object]]):
    """How many examples changed, by kind; one may count under several."""

    out = serializers.IntegerField()
    category = serializers.IntegerField()
    severity = serializers.IntegerField()
    code = serializers.IntegerField(help_text="The code to learn is another")
    split = serializers.IntegerField()
    leads = serializers.IntegerField(help_text="Leads its row now, or no longer")
    again = serializers.IntegerField(help_text="Decided again, and labelled alike")

    def get_fields(self) -> dict[str, serializers.Field[object, object, object, object]]:
        """With `in`, a word that Python keeps for itself."""
        return {"in": serializers.IntegerField(), **super().get_fields()}


class FieldChanged(serializers.Serializer[dict[str, object]]):
    """One field in which two recipes differ."""

    field = serializers.CharField(help_text="Its dotted name")
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class ChangesTold(serializers.Serializer[dict[str, object]]):
    """What changed from one version to another."""

    since = serializers.IntegerField()
    version = serializers.IntegerField()
    counts = ChangeCounts()
    same = serializers.IntegerField(help_text="Examples of which nothing changed")
    left = serializers.DictField(
        child=serializers.IntegerField(), help_text="Of those out, by reason"
    )
    came = serializers.DictField(
        child=serializers.IntegerField(),
        help_text="Of those in, by why the earlier version did not hold them",
    )
    erased = serializers.IntegerField(help_text="Rows of either that were erased since")
    recipe = FieldChanged(many=True)


class RowTold(serializers.Serializer[dict[str, object]]):
    """One example as one version has it."""

    row_id = serializers.CharField()
    split = serializers.CharField()
    category = serializers.CharField()
    severity = serializers.CharField()
    leads = serializers.BooleanField(help_text="Its label stands in the file")


class ChangedRow(serializers.Serializer[dict[str, object]]):
    """One example that changed."""

    example = serializers.IntegerField()
    feedback_id = serializers.CharField()
    before = RowTold(allow_null=True)
    after = RowTold(allow_null=True)
    why = serializers.CharField(help_text="Why one of them does not hold it; empty if both do")


class ChangedPage(serializers.Serializer[dict[str, object]]):
    """Examples that changed in one way."""

    results = ChangedRow(many=True)
    after = serializers.CharField(
        allow_null=True, help_text="What to ask for next, as `after`; null: there is no more"
    )
