"""Every address of the application, read from the URLconf, so that no test can forget one."""

from dataclasses import dataclass, field

from django.urls import URLPattern, URLResolver, get_resolver, reverse

ELSEWHERE = {"admin"}  # Django's own pages, tested by theirs
EXAMPLES = {"int": 1, "slug": "x", "str": "x", "path": "x", "uuid": "0" * 32}


@dataclass(frozen=True)
class Address:
    """One named pattern: its full name and the kinds of its parameters."""

    name: str
    parameters: dict = field(hash=False)

    def path(self, **known):
        """Its path, with examples for the parameters that are not known."""
        kinds = self.parameters.items()
        return reverse(self.name, kwargs={k: known.get(k, EXAMPLES[kind]) for k, kind in kinds})

    @property
    def in_a_project(self):
        return "slug" in self.parameters


def every_address():
    """The named addresses outside Django admin."""
    return sorted(set(_walk(get_resolver(), "", {})), key=lambda address: address.name)


def _walk(resolver, prefix, above):
    for entry in resolver.url_patterns:
        parameters = above | _parameters(entry.pattern)
        if isinstance(entry, URLResolver):
            if entry.namespace not in ELSEWHERE:
                space = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
                yield from _walk(entry, space, parameters)
        elif isinstance(entry, URLPattern) and entry.name:
            yield Address(f"{prefix}{entry.name}", parameters)


def _parameters(pattern):
    kinds = {"IntConverter": "int", "SlugConverter": "slug", "PathConverter": "path"}
    named = {
        name: kinds.get(type(converter).__name__, "str")
        for name, converter in pattern.converters.items()
    }
    groups = getattr(
        getattr(pattern, "regex", None), "groupindex", {}
    )  # re_path, and a prefix none
    return dict.fromkeys(groups, "str") | named
