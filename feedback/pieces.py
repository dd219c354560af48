"""What a tool is, and the texts that people copy to connect it."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

ENVIRONMENT = gettext_lazy("Environment")

type Words = str | Promise


@dataclass(frozen=True)
class Piece:
    """One text to copy; `{url}` and `{key}` in it are this server and the key."""

    where: Words  # the file, or what kind of place it goes to
    syntax: str
    text: str
    says: Words = ""

    def filled(self, url: str, key: str) -> str:
        """The text as it is copied."""
        return self.text.replace("{url}", url).replace("{key}", key).strip()


@dataclass(frozen=True)
class Tool:
    """Something people run, and how it is connected."""

    name: str  # in the page's address
    title: str
    client: str  # whose door it uses; "" for our own API
    reports: Words
    pieces: tuple[Piece, ...]
