"""The shapes of teams, routes and assignments."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext, gettext_lazy

from governance.models import Project, User
from reviews import routing
from reviews.models import ReviewTeam

NAME = RegexValidator(r"^[\w][\w .-]*$", gettext_lazy("Letters, digits, spaces, dots and hyphens."))
EVERYBODY = ("", gettext_lazy("Everybody"))


def target_of(value: str) -> dict[str, User | ReviewTeam]:
    """The keyword arguments that a choice of `targets` stands for."""
    kind, _, number = value.partition("-")
    if kind == "team":
        return {"team": ReviewTeam.objects.get(pk=int(number))}
    return {"person": User.objects.get(pk=int(number))} if number else {}


class TeamForm(forms.Form):
    """A team and its people; saved under a known name it changes that team."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=60,
        validators=[NAME],
        help_text=gettext_lazy("As CODEOWNERS names it."),
    )
    members = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label=gettext_lazy("Members"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["members"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = routing.reviewers_of(project)


class RouteForm(forms.Form):
    """Which new items go where first."""

    repository = forms.CharField(label=gettext_lazy("Repository"), max_length=300, required=False)
    language = forms.CharField(
        label=gettext_lazy("Language"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("As clients report it."),
    )
    path = forms.CharField(
        label=gettext_lazy("Path"),
        max_length=routing.LONGEST_PATTERN,
        required=False,
        help_text=gettext_lazy("As in CODEOWNERS: payments/ or *.sql. Empty: any path."),
    )
    to = forms.ChoiceField(label=gettext_lazy("Goes to"))

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = routing.targets(project)

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if not any(given.get(name) for name in ("repository", "language", "path")):
            self.add_error("path", gettext("Say a repository, a language or a path."))
        return given

    def route(self) -> dict[str, Any]:
        """The columns of the route."""
        given = self.cleaned_data
        names = ("repository", "language", "path")
        return {name: given[name] for name in names} | target_of(given["to"])


class OwnersForm(forms.Form):
    """A CODEOWNERS file."""

    repository = forms.CharField(label=gettext_lazy("Repository"), max_length=300)
    text = forms.CharField(
        label=gettext_lazy("CODEOWNERS"),
        max_length=500_000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "wrap": "off"}),
    )

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"])
        try:
            list(routing.owners_of(text))
        except routing.Malformed as problem:
            raise forms.ValidationError(str(problem)) from None
        return text


class OrderForm(forms.Form):
    """Which parts count in the order of the queue."""

    weighs_doubt = forms.BooleanField(
        label=gettext_lazy("Doubt: what the votes leave open"), required=False
    )
    weighs_cluster = forms.BooleanField(
        label=gettext_lazy("Cluster: how many are alike"), required=False
    )
    weighs_weakness = forms.BooleanField(
        label=gettext_lazy("Weakness: what developers correct most in the live model"),
        required=False,
    )
    weighs_novelty = forms.BooleanField(
        label=gettext_lazy("Novelty: what the data has little of"), required=False
    )
    weighs_age = forms.BooleanField(
        label=gettext_lazy("Age: 10 points a day of waiting"), required=False
    )
    reserve_hours = forms.IntegerField(
        label=gettext_lazy("Hours a routed item waits for its people"),
        min_value=1,
        max_value=24 * 30,
        help_text=gettext_lazy("Then it is everybody's."),
    )


class AssignForm(forms.Form):
    """Whom one item goes to."""

    to = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [EVERYBODY, *routing.targets(project)]

    def target(self) -> dict[str, Any]:
        """The keyword arguments of `routing.assign`."""
        return target_of(self.cleaned_data["to"])
