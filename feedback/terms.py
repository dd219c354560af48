"""Whose code may be learnt from: what a project decides about its repositories.

Nothing is refused here: what is captured is captured. What may not be learnt from is left out
when a dataset version is made (`curation.consent`).
"""

from datetime import datetime

from django.db import transaction

from feedback.models import RepositoryTerms
from governance.ledger import record
from governance.models import Project, User

OTHERS = ""  # the repository that stands for all without terms of their own


@transaction.atomic
def decide(
    project: Project, repository: str, may_learn: bool, licence: str, by: User, now: datetime
) -> None:
    """State the terms of a repository, or of all others, for versions made from now on."""
    RepositoryTerms.objects.update_or_create(
        project=project,
        repository=repository,
        defaults={"may_learn": may_learn, "licence": licence, "set_by": by, "set_at": now},
    )
    record(
        project,
        by,
        "repository terms stated",
        _named(repository),
        now,
        may_learn=may_learn,
        licence=licence,
    )


@transaction.atomic
def withdraw(project: Project, repository: str, by: User, now: datetime) -> bool:
    """Take the terms of a repository back; False where there are none."""
    gone, _ = RepositoryTerms.objects.filter(project=project, repository=repository).delete()
    if gone:
        record(project, by, "repository terms withdrawn", _named(repository), now)
    return bool(gone)


def _named(repository: str) -> str:
    return repository[:200] or "every other repository"
