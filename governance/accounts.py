"""How allauth works here: nobody signs up alone, single sign-on may make accounts, plain words."""

from typing import Any

from allauth.account import forms
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext, override

from governance.credentials import set_password
from governance.languages import language_for
from governance.models import User
from governance.single_sign_on import NotLoggedInAgain, provider_of, recently, take
from lib import clock
from lib.wording import inside


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Accounts are made by project admins, site admins, or the identity provider."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: an account alone leads nowhere."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In the language of who reads it, whoever asked for it."""
        person = context.get("user")
        language = language_for(person) if isinstance(person, User) else get_language()
        with override(language or settings.LANGUAGE_CODE):
            super().send_mail(template_prefix, email, context)

    def set_password(self, user: User, password: str) -> None:
        """Change or reset it; access tokens end with the old one, which may have leaked."""
        ended = set_password(user, password, clock.now())
        if ended and context.request is not None:
            says = ngettext(
                "Your access token ended with the old password.",
                "Your {n} access tokens ended with the old password.",
                ended,
            )
            messages.info(context.request, says.format(n=ended))

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Always: a stolen session must not move the address that password links go to.

        Raises ReauthenticationRequired for who has neither a password nor a second factor: allauth
        would take them for fresh, and let a stolen session add a second factor of its own.
        """
        request = context.request
        if not get_reauthentication_flows(request.user) and not recently(request):
            raise ReauthenticationRequired
        return True

    def get_reauthentication_methods(self, user: User | AnonymousUser) -> list[dict[str, Any]]:
        """The ways to prove who one is, logging in again at the provider among them."""
        found: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        provider = provider_of(context.request, user) if isinstance(user, User) else None
        if provider is not None:
            words, url = (
                gettext("Log in again at {name}").format(name=provider.name),
                reverse("governance:log-in-again"),
            )
            found.append({"id": "single_sign_on", "description": words, "url": url})
        return found


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Whoever set the identity provider up trusts it to say who works here."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Always: the new account belongs to no project until an admin adds it."""
        return True

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Take the provider's answer as fresh proof where it was asked for one."""
        try:
            take(request, sociallogin)
        except NotLoggedInAgain as error:
            messages.error(request, gettext("{error} Nothing was done.").format(error=error))
            back = {"next": sociallogin.state.get("next") or "/"}
            again = redirect(reverse("governance:log-in-again", query=back))
            raise ImmediateHttpResponse(again) from error


def _sentence(label: str) -> str:
    """A label of allauth's, large at its start only where the language has it so."""
    small = inside(label)
    return small[:1].upper() + small[1:]


class SentenceCase:
    """Labels as the rest of the house writes them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():  # type: ignore[attr-defined]  # mixed into a form
            field.label = _sentence(str(field.label))


class LoginForm(forms.LoginForm):  # type: ignore[misc]  # allauth has no types
    """The login form, its labels as people say them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = gettext("Username or e-mail address")
        self.fields["login"].widget.attrs |= {
            "autocomplete": "username webauthn",
            "placeholder": "",
        }
        self.fields["login"].widget.attrs["autofocus"] = True
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["remember"].label = gettext("Stay logged in for two weeks")


class AddEmailForm(forms.AddEmailForm):  # type: ignore[misc]  # allauth has no types
    """Refuses: by their address people are invited, and found by single sign-on."""

    def clean_email(self) -> str:
        raise ValidationError(
            gettext("Ask a site admin to change your address. Nothing was added.")
        )


class ChangePasswordForm(SentenceCase, forms.ChangePasswordForm):  # type: ignore[misc]  # allauth has no types
    """The old password and a new one."""


class SetPasswordForm(SentenceCase, forms.SetPasswordForm):  # type: ignore[misc]  # allauth has no types
    """A first password."""


class ResetPasswordKeyForm(SentenceCase, forms.ResetPasswordKeyForm):  # type: ignore[misc]  # allauth has no types
    """A new password, by the link in the mail."""
