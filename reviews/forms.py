"""The shape of a decision, and of the proof of a hold."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from curation import categories
from curation.models import Category
from feedback.models import Severity
from governance.models import Project, User
from reviews.batches import Said
from reviews.models import Verdict
from reviews.queue import Lease

DECIDING = [Verdict.Kind.ACCEPT, Verdict.Kind.FIX]
REJECTING = [Verdict.Kind.REJECT, Verdict.Kind.REQUEUE]
BATCHED = [Verdict.Kind.ACCEPT, Verdict.Kind.REJECT, Verdict.Kind.UNSURE, Verdict.Kind.ESCALATE]
RECORDS = (Verdict.Kind.UNDO, Verdict.Kind.REOPEN)  # written by what happens, not by a button
GIVEN = [(kind.value, kind.label) for kind in Verdict.Kind if kind not in RECORDS]
THEN = [("remove", gettext_lazy("Leave it out")), ("requeue", gettext_lazy("Ask somebody else"))]
UNTIL = [
    ("hour", gettext_lazy("in an hour")),
    ("day", gettext_lazy("tomorrow")),
    ("week", gettext_lazy("in a week")),
]
SPANS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}
MOST_TAGS = 12
LONGEST_TAG = 40
LONGEST_NOTE = 10_000
LONGEST_CODE = 1_000_000


class LeaseForm(forms.Form):
    """What a page shows to prove that it holds the slot."""

    token = forms.UUIDField(required=False)
    epoch = forms.IntegerField(required=False, min_value=0)

    def lease(self, holder: User) -> Lease | None:
        """The lease, or None where the page never had one."""
        token, epoch = self.cleaned_data.get("token"), self.cleaned_data.get("epoch")
        return Lease(holder, token, epoch) if token and epoch is not None else None


class VerdictForm(LeaseForm):
    """One decision; what each kind needs is said at its field."""

    verdict = forms.ChoiceField(choices=GIVEN)
    category = forms.ModelChoiceField(Category.objects.none(), to_field_name="slug", required=False)
    severity = forms.ChoiceField(
        choices=[("", gettext_lazy("Not said")), *Severity.choices], required=False
    )
    reason = forms.ChoiceField(
        choices=[("", gettext_lazy("Choose…")), *Verdict.Reason.choices], required=False
    )
    note = forms.CharField(max_length=LONGEST_NOTE, required=False)
    code = forms.CharField(max_length=LONGEST_CODE, required=False, strip=False)
    then = forms.ChoiceField(choices=THEN, required=False)
    tags = forms.CharField(max_length=500, required=False)
    until = forms.ChoiceField(choices=UNTIL, required=False)
    key = forms.UUIDField(required=False)
    retake = forms.BooleanField(required=False)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["category"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = categories.tree(project)

    def clean_code(self) -> str:
        """Browsers send CRLF from a text area, whatever was in it."""
        return str(self.cleaned_data["code"]).replace("\r\n", "\n")

    def clean_tags(self) -> list[str]:
        """Words apart by commas, each once, without a leading #."""
        words = (
            word.strip().lstrip("#").casefold() for word in self.cleaned_data["tags"].split(",")
        )
        tags = list(dict.fromkeys(word for word in words if word))
        if len(tags) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in tags):
            raise forms.ValidationError(
                gettext("At most {MOST_TAGS} tags of up to {LONGEST_TAG} characters.").format(
                    MOST_TAGS=MOST_TAGS, LONGEST_TAG=LONGEST_TAG
                )
            )
        return tags

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        kind = given.get("verdict")
        if kind in DECIDING and not given.get("category") and "category" not in self.errors:
            self.add_error("category", gettext("Choose what kind of failure it is."))
        if kind == Verdict.Kind.REJECT and given.get("then") == "requeue":
            kind = given["verdict"] = Verdict.Kind.REQUEUE
        if kind in REJECTING and not given.get("reason") and "reason" not in self.errors:
            self.add_error("reason", gettext("Say why, so that the developer can learn from it."))
        if kind == Verdict.Kind.FIX and not given.get("code", "").strip():
            self.add_error("code", gettext("Write the code to learn, or accept the developer's."))
        return given

    def wakes_at(self, now: datetime) -> datetime:
        """When a snoozed item comes back; in an hour where nothing was chosen."""
        return now + SPANS[self.cleaned_data.get("until") or "hour"]

    def said(self) -> dict[str, Any]:
        """What the verb of this kind takes beside the hold."""
        given = self.cleaned_data
        names = {
            Verdict.Kind.ACCEPT: ("category", "severity", "note"),
            Verdict.Kind.FIX: ("code", "category", "severity", "note"),
            Verdict.Kind.REJECT: ("reason", "category", "severity", "note"),
            Verdict.Kind.REQUEUE: ("reason", "category", "severity", "note"),
            Verdict.Kind.UNSURE: ("category", "severity", "note"),
        }.get(given["verdict"], ("note",))
        return {name: given[name] for name in (*names, "tags", "key")}


class CategoryForm(forms.Form):
    """One category for many."""

    category = forms.ModelChoiceField(Category.objects.none(), to_field_name="slug")

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["category"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = categories.tree(project)


class BatchForm(forms.Form):
    """One decision for many slots."""

    verdict = forms.ChoiceField(choices=[(kind.value, kind.label) for kind in BATCHED])
    category = forms.ModelChoiceField(Category.objects.none(), to_field_name="slug", required=False)
    severity = forms.ChoiceField(
        choices=[("", gettext_lazy("Not said")), *Severity.choices], required=False
    )
    reason = forms.ChoiceField(
        choices=[("", gettext_lazy("Choose…")), *Verdict.Reason.choices], required=False
    )
    note = forms.CharField(max_length=LONGEST_NOTE, required=False)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["category"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = categories.tree(project)

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        kind = given.get("verdict")
        if kind == Verdict.Kind.ACCEPT and not given.get("category"):
            self.add_error("category", gettext("Choose what kind of failure they are."))
        if kind == Verdict.Kind.REJECT and not given.get("reason"):
            self.add_error("reason", gettext("Say why, so that the developers can learn from it."))
        return given

    def said(self) -> Said:
        """What is decided for each."""
        return Said(**self.cleaned_data)
