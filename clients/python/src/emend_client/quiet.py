"""Nothing that goes wrong in here reaches the caller."""

from __future__ import annotations

import functools
import logging
from typing import Any, Callable, TypeVar, cast

log = logging.getLogger("emend_client")

Verb = TypeVar("Verb", bound=Callable[..., Any])


def quiet(verb: Verb) -> Verb:
    """Log whatever a method raises, and return its object instead, so that calls still chain."""

    @functools.wraps(verb)
    def silenced(self: Any, *args: Any, **options: Any) -> Any:
        try:
            return verb(self, *args, **options)
        except Exception:  # an editor or an agent must not fail because feedback does
            getattr(self, "_emend", self)._counters.add("errors")
            log.exception("%s failed", verb.__name__)
            return self

    return cast(Verb, silenced)
