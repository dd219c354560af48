"""How allauth works here: nobody signs up alone, single sign-on may make accounts, plain words."""

from typing import Any

from allauth.account import forms
from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.core.exceptions import ValidationError
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Accounts are made by project admins, site admins, or the identity provider."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: an account alone leads nowhere."""
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Always: a stolen session must not move the address that password links go to."""
        return True


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Whoever set the identity provider up trusts it to say who works here."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Always: the new account belongs to no project until an admin adds it."""
        return True


class SentenceCase:
    """Labels as the rest of the house writes them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():  # type: ignore[attr-defined]  # mixed into a form
            field.label = str(field.label).capitalize()


class LoginForm(forms.LoginForm):  # type: ignore[misc]  # allauth has no types
    """The login form, its labels as people say them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "Username or e-mail address"
        self.fields["login"].widget.attrs |= {
            "autocomplete": "username webauthn",
            "placeholder": "",
        }
        self.fields["login"].widget.attrs["autofocus"] = True
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["remember"].label = "Stay logged in for two weeks"


class AddEmailForm(forms.AddEmailForm):  # type: ignore[misc]  # allauth has no types
    """Refuses: by their address people are invited, and found by single sign-on."""

    def clean_email(self) -> str:
        raise ValidationError("Ask a site admin to change your address. Nothing was added.")


class ChangePasswordForm(SentenceCase, forms.ChangePasswordForm):  # type: ignore[misc]  # allauth has no types
    """The old password and a new one."""


class SetPasswordForm(SentenceCase, forms.SetPasswordForm):  # type: ignore[misc]  # allauth has no types
    """A first password."""


class ResetPasswordKeyForm(SentenceCase, forms.ResetPasswordKeyForm):  # type: ignore[misc]  # allauth has no types
    """A new password, by the link in the mail."""
