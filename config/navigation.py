"""The places of a project's bar, with the ability each one needs, and those of an account."""

from dataclasses import dataclass

from governance.access import Ability


@dataclass(frozen=True)
class Place:
    """One entry of the bar; `key` is what a view passes as `place`."""

    key: str
    name: str
    view: str
    ability: Ability


PLACES = (
    Place("overview", "Overview", "overview", Ability.SEE),
    Place("review", "Review", "reviews:queue", Ability.READ_CODE),
    Place("datasets", "Datasets", "curation:datasets", Ability.SEE),
    Place("models", "Models", "deployments:models", Ability.SEE),
    Place("ledger", "Ledger", "governance:ledger", Ability.SEE),
    Place("mine", "My feedback", "curation:mine", Ability.SEE),
    Place("settings", "Settings", "governance:settings", Ability.ADMINISTER),
)

# name, view
ACCOUNT_PLACES = (
    ("Access tokens", "governance:tokens"),
    ("Password", "account_change_password"),
    ("Two-factor login and passkeys", "mfa_index"),
    ("E-mail addresses", "account_email"),
    ("Single sign-on", "socialaccount_connections"),
)
