"""The places of a project's bar, with the ability each one needs, and those of an account."""

from dataclasses import dataclass

from django.utils.translation import gettext_noop

from governance.access import Ability


@dataclass(frozen=True)
class Place:
    """One entry of the bar; `key` is what a view passes as `place`."""

    key: str
    name: str
    view: str
    ability: Ability


PLACES = (
    Place("overview", gettext_noop("Overview"), "overview", Ability.SEE),
    Place("feedback", gettext_noop("Feedback"), "feedback:generations", Ability.READ_CODE),
    Place("review", gettext_noop("Review"), "reviews:queue", Ability.READ_CODE),
    Place("datasets", gettext_noop("Datasets"), "curation:datasets", Ability.SEE),
    Place("models", gettext_noop("Models"), "deployments:models", Ability.SEE),
    Place("ledger", gettext_noop("Ledger"), "governance:ledger", Ability.SEE),
    Place("mine", gettext_noop("My feedback"), "curation:mine", Ability.SEE),
    Place("settings", gettext_noop("Settings"), "governance:settings", Ability.ADMINISTER),
)

# name, view
ACCOUNT_PLACES = (
    (gettext_noop("Keys"), "reviews:keys"),
    (gettext_noop("Access tokens"), "governance:tokens"),
    (gettext_noop("Notifications"), "reviews:notices"),
    (gettext_noop("Password"), "account_change_password"),
    (gettext_noop("Two-factor login and passkeys"), "mfa_index"),
    (gettext_noop("E-mail addresses"), "account_email"),
    (gettext_noop("Single sign-on"), "socialaccount_connections"),
)
