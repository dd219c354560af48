"""What people type about members, keys, tokens and the theme, checked."""

from datetime import timedelta

from django import forms

from governance.models import Role, User

ROLE_WORDS = {
    Role.DEVELOPER: "reports feedback, sees what became of it",
    Role.REVIEWER: "claims, decides, undoes own decisions",
    Role.CURATOR: "categories, dataset versions, escalated items",
    Role.GOVERNANCE_LEAD: "signs off, promotes, rolls back",
    Role.PROJECT_ADMIN: "members and keys",
}
LIVES = {30: "30 days", 90: "90 days", 365: "One year"}


class RolesForm(forms.Form):
    """The roles of one member; none takes them out of the project."""

    roles = forms.MultipleChoiceField(
        choices=Role, required=False, widget=forms.CheckboxSelectMultiple
    )


class MemberForm(RolesForm):
    """Someone to add."""

    field_order = ("person", "roles")

    person = forms.CharField(
        label="Username or e-mail address",
        max_length=254,
        help_text="An e-mail address nobody has yet gets an account.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    roles = forms.MultipleChoiceField(
        label="Roles",
        choices=[(role.value, f"{role.label}: {ROLE_WORDS[role]}") for role in Role],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one role."},
    )


class KeyForm(forms.Form):
    """An ingest key to make."""

    name = forms.CharField(
        label="Which client will use it",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": "Say which client will use it, so that you can tell keys apart."
        },
    )


class TokenForm(forms.Form):
    """An access token to make."""

    name = forms.CharField(
        label="What will use it",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Say what will use it, so that you can tell tokens apart."},
    )
    lives = forms.TypedChoiceField(
        label="It expires after", choices=list(LIVES.items()), coerce=int, initial=90
    )

    def clean_lives(self) -> timedelta:
        """As a span of time."""
        return timedelta(days=self.cleaned_data["lives"])


class ThemeForm(forms.ModelForm):
    """Light, dark, or as the system."""

    class Meta:
        model = User
        fields = ("theme",)
