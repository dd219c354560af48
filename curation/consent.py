"""The terms of repositories as part of a recipe, and what they leave out of a dataset version.

A version keeps the terms it was made by: the same recipe leaves out the same rows at any time.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext_noop

from curation.models import Example
from curation.recipe import Consent
from curation.stages.consent import refusal
from feedback.models import RepositoryTerms
from feedback.terms import OTHERS
from governance.models import Project

type Refusal = Callable[[str], str]

NO_TERMS: dict[str, Any] = {"repositories": {}, "denied_licences": []}


def rule(project: Project) -> dict[str, Any] | None:
    """The terms that are in force; None where none were ever stated, and all may be learnt from."""
    stated = RepositoryTerms.objects.filter(project=project)
    terms = {each.repository: [each.may_learn, each.licence] for each in stated}
    if not terms:
        return None
    return {"repositories": terms, "denied_licences": list(Consent().denied_licences)}


def refusals(rule: Mapping[str, Any]) -> Refusal:
    """Why the code of a repository may not be learnt from; empty if it may."""
    terms: Mapping[str, tuple[bool, str]] = rule["repositories"]
    by = Consent(require=True, denied_licences=tuple(rule["denied_licences"]))

    def why(repository: str) -> str:
        is_stated = repository != OTHERS and repository in terms
        may_learn, licence = terms.get(repository if is_stated else OTHERS, (True, ""))
        consent = may_learn if is_stated or may_learn else None  # nobody said no to this one
        return refusal(consent, licence, by)

    return why


WORDS = {
    "consent_refused": gettext_noop("their repository is not to be learnt from"),
    "consent_unknown": gettext_noop("nobody decided about their repository"),
    "licence_denied": gettext_noop("their repository's licence forbids it"),
}


def refusal_of(example: Example) -> str:
    """Why an example would be left out by the terms in force, in words; empty if it would not."""
    terms = rule(example.project)
    reason = refusals(terms)(example.repository) if terms else ""
    return WORDS.get(reason, "")


@dataclass(frozen=True)
class Repository:
    """One repository as a project sees it: its terms if there are, and what they come to."""

    name: str
    corrections: int
    terms: RepositoryTerms | None
    why_not: str  # empty: its code is learnt from


MOST = 200  # repositories shown: those with terms, then those with most corrections


def with_terms(project: Project) -> tuple[list[Repository], RepositoryTerms | None]:
    """The project's repositories with their terms, and the terms of all others."""
    stated = {
        each.repository: each
        for each in RepositoryTerms.objects.filter(project=project).select_related("set_by")
    }
    found = Example.objects.filter(project=project).values_list("repository")
    counts = Counter(dict(found.annotate(corrections=Count("id")).order_by("-corrections")[:MOST]))
    why = refusals(rule(project) or NO_TERMS)
    names = sorted((stated.keys() | counts.keys()) - {OTHERS}, key=lambda name: -counts[name])
    rows = [Repository(name, counts[name], stated.get(name), why(name)) for name in names[:MOST]]
    return rows, stated.get(OTHERS)
