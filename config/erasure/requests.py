"""What somebody may ask to erase."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.crypto import salted_hmac

from governance.models import Erasure, Project, User

Kind = Erasure.Kind


@dataclass(frozen=True)
class Subject:
    """All that clients reported of a person, by the name they call them."""

    name: str
    kind = Kind.SUBJECT


@dataclass(frozen=True)
class OneGeneration:
    """One generation with all that was said of it, by its client's id or another of its names."""

    name: str
    kind = Kind.GENERATION


@dataclass(frozen=True)
class Older:
    """The oldest generations and raw events that came before a moment, `most` of each."""

    before: datetime
    most: int
    kind = Kind.RETENTION


type Request = Subject | OneGeneration | Older


def names_of(project: Project, name: str) -> list[str]:
    """What clients may call the person: a member's user name and e-mail address are one person."""
    members = User.objects.filter(memberships__project=project)
    same = members.filter(Q(username=name) | Q(email=name)).distinct()
    return sorted({name, *(each for person in same for each in person.names)})


def name_digest(project: Project, name: str) -> str:
    """What a receipt keeps of a name: nobody reads it back, who has the name can compare it."""
    told = f"{project.pk}\n{name}"
    return salted_hmac("emend.erasure", told, algorithm="sha256").hexdigest()
