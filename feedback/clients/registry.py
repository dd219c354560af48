"""Which clients there are: every module of this package that names one."""

import pkgutil
import re
from functools import cache
from importlib import import_module
from typing import cast

from feedback import clients
from feedback.clients.reading import Adapter, Route

SEGMENT = re.compile(r"\{(\w+)\}")


class RouteUnknown(Exception):
    """The client has no such path; `methods` are those it has there, if any."""

    def __init__(self, methods: tuple[str, ...] = ()) -> None:
        super().__init__(", ".join(methods))
        self.methods = methods


@cache
def adapters() -> dict[str, Adapter]:
    """Every adapter by its client's name, in the order of the names."""
    modules = (
        import_module(f"{clients.__name__}.{found.name}")
        for found in pkgutil.iter_modules(clients.__path__)
    )
    found = [cast(Adapter, module) for module in modules if hasattr(module, "CLIENT")]
    return {each.CLIENT.name: each for each in sorted(found, key=lambda each: each.CLIENT.name)}


def route_of(adapter: Adapter, method: str, path: str) -> tuple[Route, dict[str, str]]:
    """The route that a request takes, and what its names matched. Raises RouteUnknown."""
    there = [
        (route, found.groupdict())
        for route in adapter.CLIENT.routes
        if (found := _pattern(route.path).fullmatch(path))
    ]
    for route, names in there:
        if route.method == method:
            return route, names
    raise RouteUnknown(tuple(route.method for route, _ in there))


@cache
def _pattern(path: str) -> re.Pattern[str]:
    """`/traces/{trace}` as an expression; a slash at the end changes nothing."""
    parts = SEGMENT.split(path)
    texts = [
        f"(?P<{part}>[^/]+)" if place % 2 else re.escape(part) for place, part in enumerate(parts)
    ]
    return re.compile("".join(texts) + "/?", re.DOTALL)
