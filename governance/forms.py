"""What people type about members, keys, tokens and the theme, checked."""

from datetime import timedelta
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy, gettext_noop

from governance.access import projects_of
from governance.models import AccessToken, Project, Role, User

ROLE_WORDS = {
    Role.DEVELOPER: gettext_noop("reports feedback, sees what became of it"),
    Role.REVIEWER: gettext_noop("claims, decides, undoes own decisions"),
    Role.CURATOR: gettext_noop("categories, dataset versions, escalated items"),
    Role.GOVERNANCE_LEAD: gettext_noop("signs off, promotes, rolls back"),
    Role.PROJECT_ADMIN: gettext_noop("members and keys"),
}
OVERLAPS = {  # hours
    1: gettext_lazy("1 hour"),
    24: gettext_lazy("24 hours"),
    7 * 24: gettext_lazy("7 days"),
    30 * 24: gettext_lazy("30 days"),
}
LIVES = {
    30: gettext_lazy("30 days"),
    90: gettext_lazy("90 days"),
    365: gettext_lazy("One year"),
}


class RolesForm(forms.Form):
    """The roles of one member; none takes them out of the project."""

    roles = forms.MultipleChoiceField(
        choices=Role, required=False, widget=forms.CheckboxSelectMultiple
    )


class MemberForm(RolesForm):
    """Someone to add."""

    field_order = ("person", "roles")

    person = forms.CharField(
        label=gettext_lazy("Username or e-mail address"),
        max_length=254,
        help_text=gettext_lazy("An e-mail address nobody has yet gets an account."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"),
        choices=[
            (
                role.value,
                format_lazy(
                    "{role}: {words}", role=role.label, words=gettext_lazy(ROLE_WORDS[role])
                ),
            )
            for role in Role
        ],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one role.")},
    )


class KeyForm(forms.Form):
    """An ingest key to make."""

    name = forms.CharField(
        label=gettext_lazy("Which client will use it"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy(
                "Say which client will use it, so that you can tell keys apart."
            )
        },
    )


class RotateForm(forms.Form):
    """How long a key still works once another has its place."""

    overlap = forms.TypedChoiceField(
        label=gettext_lazy("The old key still works for"),
        choices=list(OVERLAPS.items()),
        coerce=int,
        initial=24,
    )

    def clean_overlap(self) -> timedelta:
        """As a span of time."""
        return timedelta(hours=self.cleaned_data["overlap"])


class TokenForm(forms.Form):
    """An access token to make."""

    name = forms.CharField(
        label=gettext_lazy("What will use it"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("Say what will use it, so that you can tell tokens apart.")
        },
    )
    lives = forms.TypedChoiceField(
        label=gettext_lazy("It expires after"), choices=list(LIVES.items()), coerce=int, initial=90
    )

    scope = forms.ChoiceField(
        label=gettext_lazy("It may do"),
        choices=AccessToken.Scope,
        initial=AccessToken.Scope.READ,
    )
    project = forms.ModelChoiceField(
        label=gettext_lazy("In"),
        queryset=Project.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label=gettext_lazy("Every project of mine"),
    )

    def __init__(self, person: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["project"]).queryset = projects_of(person)

    def clean_lives(self) -> timedelta:
        """As a span of time."""
        return timedelta(days=self.cleaned_data["lives"])


class ThemeForm(forms.ModelForm):
    """Light, dark, or as the system."""

    class Meta:
        model = User
        fields = ("theme",)


def languages() -> list[tuple[str, str]]:
    """The languages spoken here, after none of one's own."""
    return [("", ""), *settings.LANGUAGES]


class LanguageForm(forms.Form):
    """One of the languages, or as the browser asks."""

    language = forms.ChoiceField(choices=languages, required=False)
