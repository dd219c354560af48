"""What a model produced, and what is said about it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from emend_client import survival
from emend_client.quiet import quiet

if TYPE_CHECKING:
    from emend_client.client import Emend

Place = tuple[int, int]  # line from 1, column from 0 in code points
Span = tuple[Place, Place]


class Generation:
    """One generation, to report reactions and corrections about; made by `Emend.generation`.

    Every verb returns at once and raises nothing; it returns the generation, so that verbs chain.
    """

    def __init__(self, emend: Emend, id: str, output: str = "", session: str = "") -> None:
        self.id = id
        self._emend, self._output, self._session = emend, output, session
        self._shown_at: float | None = None

    def shown(self, **extra: Any) -> Generation:
        """The developer sees it; the time to decide counts from now."""
        self._shown_at = time.monotonic()
        return self._react("shown", extra)

    def accepted(self, **extra: Any) -> Generation:
        """It was taken over as it is."""
        return self._react("accepted", extra)

    def edited(self, **extra: Any) -> Generation:
        """It was taken over and changed."""
        return self._react("edited", extra)

    def rejected(self, **extra: Any) -> Generation:
        """The developer said no; for one who said nothing there is `timed_out`."""
        return self._react("rejected", extra)

    def timed_out(self, **extra: Any) -> Generation:
        """It went away without anybody's decision."""
        return self._react("timed_out", extra)

    def copied(self, **extra: Any) -> Generation:
        """It was copied from where it was shown."""
        return self._react("copied", extra)

    def reverted(self, **extra: Any) -> Generation:
        """It was accepted and then taken back."""
        return self._react("reverted", extra)

    def rated(self, value: float | bool, comment: str = "", **extra: Any) -> Generation:
        """From -1 to 1; True and False are thumbs up and down."""
        rating = (1.0 if value else -1.0) if isinstance(value, bool) else value
        return self._react("rated", {"value": rating, "comment": comment or None, **extra})

    def commented(self, comment: str, **extra: Any) -> Generation:
        """What the developer says about it."""
        return self._react("commented", {"comment": comment, **extra})

    @quiet
    def corrected(
        self,
        code: str,
        *,
        span: Span | None = None,
        category: str = "",
        severity: str = "",
        comment: str = "",
        **extra: Any,
    ) -> Generation:
        """The whole output as it should have been; `span` is the wrong block of the output.

        A span is ((line, column), (line, column)), half-open: lines from 1, columns from 0 in
        Unicode code points. Severity is low, medium, high or critical.
        """
        start, end = span or (None, None)
        self._report(
            "correction",
            {
                "corrected": code,
                "span": {"start": _place(start), "end": _place(end)} if start and end else None,
                "category": category or None,
                "severity": severity or None,
                "comment": comment or None,
                **extra,
            },
        )
        return self

    @quiet
    def track_survival(self, read: survival.Read) -> Generation:
        """Report what is left of the output after 5, 30, 120, 300, 600 and 900 seconds.

        `read` returns the text as it is then: of the region where the output went, or of its file;
        None where it cannot be known. It is called in a thread of the client.
        """
        self._emend._track(self, read, self._output)
        return self

    def _survived(self, planned: float, elapsed: float, share: float) -> None:
        extra = {
            "value": round(share, 4),
            "after_ms": int(elapsed * 1000),
            "planned_s": planned,
            "measure": survival.MEASURE,
        }
        self._react("survived", extra)

    @quiet
    def _react(self, kind: str, extra: Mapping[str, Any]) -> Generation:
        self._report("reaction", {"kind": kind, **extra})
        return self

    def _report(self, type: str, fields: Mapping[str, Any]) -> None:
        told: dict[str, Any] = {"generation": self.id, "session": self._session or None}
        if self._shown_at is not None and fields.get("kind") != "shown":
            told["after_ms"] = int((time.monotonic() - self._shown_at) * 1000)
        self._emend.report({"type": type, **told, **fields})


def _place(place: Place) -> dict[str, int]:
    line, column = place
    return {"line": line, "column": column}
