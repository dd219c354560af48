"""What people type about models and promotions: its shape only; the verbs decide the rest."""

from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from deployments.manifests import BadManifest, Problem, parse
from deployments.models import HEX64, SignOff
from feedback.bodies import MOST_BYTES


class JsonForm(forms.Form):
    """A JSON text, typed or from a file; a file that was read is put into the text."""

    text = forms.CharField(
        strip=False,
        required=False,
        max_length=MOST_BYTES,
        widget=forms.Textarea(
            attrs={"rows": 14, "spellcheck": "false", "autocapitalize": "off", "data-code": ""}
        ),
    )
    file = forms.FileField(
        label=gettext_lazy("Or choose a file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )

    def clean(self) -> dict[str, Any]:
        """With `value`, the JSON value that was sent."""
        cleaned = super().clean() or {}
        if cleaned.get("file"):
            self._take_file(cleaned)
        if "text" in self.errors:
            return cleaned
        try:
            cleaned["value"] = parse(cleaned.get("text", ""))
        except BadManifest as error:
            self.refuse(error.problems)
        return cleaned

    def refuse(self, problems: list[Problem]) -> None:
        """Say under the text what is wrong with it, a line a field."""
        for problem in problems:
            self.add_error("text", str(problem))

    def _take_file(self, cleaned: dict[str, Any]) -> None:
        raw = cleaned["file"].read(MOST_BYTES + 1)
        if len(raw) > MOST_BYTES:
            self.add_error(
                "file", gettext("The file is over 2 MB. A manifest lists files, it is not one.")
            )
            return
        try:
            cleaned["text"] = raw.decode()
        except UnicodeDecodeError:
            self.add_error("file", gettext("The file is not text in UTF-8."))
            return
        data = cast(QueryDict, self.data).copy()
        data["text"] = cleaned["text"]
        self.data = data


class ManifestForm(JsonForm):
    """A manifest to register, or to put in place of the one in force."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = gettext("Manifest")


class EvaluationForm(JsonForm):
    """One run of one suite."""

    suite = forms.CharField(
        label=gettext_lazy("Suite"),
        max_length=200,
        help_text=gettext_lazy("With its version: house-tasks 1"),
    )
    manifest = forms.RegexField(HEX64, widget=forms.HiddenInput, required=False)
    field_order = ("suite", "text", "file", "manifest")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = gettext("Report")
        self.fields["text"].widget.attrs["rows"] = 6
        self.fields["text"].help_text = gettext(
            "Per metric its value, the ends of its 95 % interval and the number of"
            ' cases, fractions as text: {"pass@1": {"value": "0.412", "low": "0.371",'
            ' "high": "0.454", "n": 560}}'
        )


class ProposeForm(forms.Form):
    """A promotion to propose."""

    endpoint = forms.SlugField(
        label=gettext_lazy("Endpoint"),
        max_length=100,
        help_text=gettext_lazy("The name clients call. A new name opens a new endpoint."),
        widget=forms.TextInput(attrs={"list": "endpoints", "autocomplete": "off"}),
    )
    why = forms.CharField(
        label=gettext_lazy("Why it should go live"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say why: the people who sign read this first.")},
    )


class SignOffForm(forms.Form):
    """A person's answer, what they were shown, and who they are."""

    subject = forms.RegexField(HEX64, widget=forms.HiddenInput)
    answer = forms.ChoiceField(choices=SignOff.Answer.choices, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("Reason (needed to reject)"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    password = forms.CharField(
        label=gettext_lazy("Your password, again"),
        required=False,
        strip=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class PromoteForm(forms.Form):
    """What the person saw when they pressed the button."""

    subject = forms.RegexField(HEX64)
    seen = forms.IntegerField(min_value=0)


class RollBackForm(forms.Form):
    """The change the person saw as the newest, and perhaps why they go back."""

    seen = forms.IntegerField(min_value=0)
    reason = forms.CharField(required=False, max_length=1000)
