"""The shape of a decision, and of the proof of a hold."""

from typing import Any

from django import forms

from curation import categories
from curation.models import Category
from feedback.models import Severity
from governance.models import Project, User
from reviews.models import Verdict
from reviews.queue import Lease

DECIDING = [Verdict.Kind.ACCEPT, Verdict.Kind.FIX]
GIVEN = [(kind.value, kind.label) for kind in Verdict.Kind if kind != Verdict.Kind.UNDO]
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
    severity = forms.ChoiceField(choices=[("", "Not said"), *Severity.choices], required=False)
    reason = forms.ChoiceField(choices=[("", "Choose…"), *Verdict.Reason.choices], required=False)
    note = forms.CharField(max_length=LONGEST_NOTE, required=False)
    code = forms.CharField(max_length=LONGEST_CODE, required=False, strip=False)
    retake = forms.BooleanField(required=False)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["category"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = categories.tree(project)

    def clean_code(self) -> str:
        """Browsers send CRLF from a text area, whatever was in it."""
        return str(self.cleaned_data["code"]).replace("\r\n", "\n")

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        kind = given.get("verdict")
        if kind in DECIDING and not given.get("category") and "category" not in self.errors:
            self.add_error("category", "Choose what kind of failure it is.")
        if kind == Verdict.Kind.REJECT and not given.get("reason") and "reason" not in self.errors:
            self.add_error("reason", "Say why, so that the developer can learn from it.")
        if kind == Verdict.Kind.FIX and not given.get("code", "").strip():
            self.add_error("code", "Write the code to learn, or accept the developer's.")
        return given

    def said(self) -> dict[str, Any]:
        """What the verb of this kind takes beside the hold."""
        given = self.cleaned_data
        names = {
            Verdict.Kind.ACCEPT: ("category", "severity", "note"),
            Verdict.Kind.FIX: ("code", "category", "severity", "note"),
            Verdict.Kind.REJECT: ("reason", "category", "severity", "note"),
        }.get(given["verdict"], ("note",))
        return {name: given[name] for name in names}
