"""The client: one object a process, used from any thread, which never fails its caller."""

from __future__ import annotations

import atexit
import hashlib
import json
import logging
import os
import ssl
import threading
import weakref
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Callable

from emend_client.counting import Counters, Stats
from emend_client.delivery import Delivery, Limits, Refusal, Sender
from emend_client.generations import Generation
from emend_client.ids import uuid7
from emend_client.quiet import quiet
from emend_client.survival import DELAYS, Read, Sampler
from emend_client.transport import BadAddress, Transport, address_of, is_here

log = logging.getLogger("emend_client")

MOST_TRACKED = 10_000
living: weakref.WeakSet[Emend] = weakref.WeakSet()


class Emend:
    """Reports to an Emend.

    `url` and `key` default to EMEND_URL and EMEND_INGEST_KEY; without them, or with bad ones, the
    client says so in its log and its stats, and every verb does nothing. `spool_dir` is where
    records are kept until they are delivered; False keeps them in memory only. `on_refused` is
    called, in a thread of the client, with each record that the server refused and its problem.
    """

    def __init__(
        self,
        url: str | None = None,
        key: str | None = None,
        *,
        spool_dir: str | Path | bool | None = None,
        limits: Limits | None = None,
        timeout: float = 10.0,
        exit_timeout: float = 2.0,
        survival_at: tuple[float, ...] = DELAYS,
        on_refused: Refusal | None = None,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._counters = Counters()
        self._limits, self._on_refused = limits or Limits(), on_refused
        self._exit_timeout, self._survival_at = exit_timeout, survival_at
        self._lock = threading.Lock()
        self._delivery: Delivery | None = None
        self._sampler: Sampler | None = None
        self._closed = False
        self._sender: Sender | None = None
        self._root: Path | None = None
        self._disabled = ""
        self._open(url, key, spool_dir, timeout, ssl_context)
        living.add(self)
        atexit.register(self._at_exit)

    def generation(
        self,
        *,
        output: str,
        prompt: str = "",
        language: str = "",
        file_path: str = "",
        repository: str = "",
        model_name: str = "",
        confidence: float | None = None,
        session: str = "",
        developer: str = "",
        id: str | None = None,
        **extra: Any,
    ) -> Generation:
        """Report what a model produced, and get what to report reactions and corrections with."""
        made = Generation(self, id or uuid7(), output, session)
        self.report(
            {
                "type": "generation",
                "id": made.id,
                "prompt": prompt or None,
                "output": output,
                "language": language or None,
                "file_path": file_path or None,
                "repository": repository or None,
                "model_name": model_name or None,
                "confidence": confidence,
                "session": session or None,
                "developer": developer or None,
                **extra,
            }
        )
        return made

    def about(self, id: str, output: str = "", session: str = "") -> Generation:
        """A generation that was reported before, perhaps by another process."""
        return Generation(self, id, output, session)

    @quiet
    def report(self, record: Mapping[str, Any]) -> None:
        """Report a record as the API takes it; an id and the time are added where they are absent.

        It is written down now: what the caller changes later changes nothing.
        """
        told = {"id": uuid7(), "occurred_at": datetime.now(timezone.utc).isoformat()}
        present = {name: value for name, value in record.items() if value is not None}
        try:
            data = json.dumps({**told, **present}, allow_nan=False, separators=(",", ":"))
        except (TypeError, ValueError, RecursionError) as error:
            self._drop("not_json", f"a record is not JSON: {type(error).__name__}")
            return
        delivery = self._working()
        reason = delivery.put(data.encode("ascii")) if delivery else "disabled"
        if reason:
            self._drop(reason, f"a record was dropped: {reason}")

    def sync(self, timeout: float = 1.0) -> int:
        """Wait until the disk holds everything; how many records it does not hold.

        For a process that ends at once, such as a hook: the next one delivers.
        """
        return self._left(lambda delivery: delivery.sync(timeout))

    def flush(self, timeout: float = 5.0) -> int:
        """Send now, and wait at most `timeout` seconds; how many records are left."""
        return self._left(lambda delivery: delivery.flush(timeout))

    def close(self, timeout: float = 5.0) -> int:
        """Flush and stop; how many records are left, which are on disk if there is a spool."""
        self._closed = True
        atexit.unregister(self._at_exit)
        if self._sampler is not None:
            self._sampler.stop()
        return self._left(lambda delivery: delivery.close(timeout))

    def stats(self) -> Stats:
        """What became of everything so far."""
        delivery = self._delivery
        on_disk = delivery.pending_on_disk() if delivery else 0
        return self._counters.stats(delivery.pending() if delivery else 0, on_disk, self._disabled)

    def __enter__(self) -> Emend:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _at_exit(self) -> None:
        if self._delivery is not None:
            self.close(self._exit_timeout)

    def _open(
        self,
        url: str | None,
        key: str | None,
        spool_dir: str | Path | bool | None,
        timeout: float,
        context: ssl.SSLContext | None,
    ) -> None:
        """Get ready, or be disabled and say why."""
        url, key = url or os.environ.get("EMEND_URL"), key or os.environ.get("EMEND_INGEST_KEY")
        if not url or not key:
            self._disable("no URL or no key: give them, or set EMEND_URL and EMEND_INGEST_KEY")
            return
        try:
            address = address_of(url)
            key.encode("ascii")
            self._sender = Transport(address, key.strip(), timeout, context)
            self._root = _root_of(spool_dir, address, key.strip())
        except BadAddress as error:
            self._disable(str(error))
        except Exception as error:  # a constructor in somebody's editor must not fail either
            self._disable(f"{type(error).__name__}: the URL, the key or the spool is unusable")
        else:
            if address.startswith("http:") and not is_here(address):
                log.warning("the key and the code go to another machine without TLS")

    def _disable(self, why: str) -> None:
        self._disabled = why
        self._counters.trouble(why)
        log.warning("feedback is not reported: %s", why)

    def _working(self) -> Delivery | None:
        """This process's delivery; a forked child makes its own."""
        delivery = self._delivery
        if delivery is not None and delivery.pid == os.getpid():
            return delivery
        with self._lock:
            delivery = self._delivery
            if delivery is None or delivery.pid != os.getpid():
                if self._sender is None or self._closed:
                    return None
                delivery = self._delivery = Delivery(
                    self._sender, self._root, self._limits, self._counters, self._on_refused
                )
            return delivery

    def _left(self, ask: Callable[[Delivery], int]) -> int:
        try:
            delivery = self._delivery or self._working()
            return ask(delivery) if delivery else 0
        except Exception:  # as every verb
            self._counters.add("errors")
            log.exception("flushing failed")
            return self.stats().pending

    def _track(self, generation: Generation, read: Read, output: str) -> None:
        with self._lock:
            if self._sampler is None:
                self._sampler = Sampler(self._counters, MOST_TRACKED)
            sampler = self._sampler
        sampler.track(output, read, generation._survived, self._survival_at)

    def _drop(self, reason: str, told: str) -> None:
        self._counters.add(f"dropped.{reason}")
        if reason != "disabled":
            self._counters.trouble(told)
            log.warning("%s", told)

    def _forked(self) -> None:
        """In a forked child: what the parent holds is the parent's to send."""
        if self._delivery is not None:
            self._delivery.forget()
        self._lock = threading.Lock()
        self._counters = Counters()
        self._delivery, self._sampler = None, None


def _root_of(spool_dir: str | Path | bool | None, address: str, key: str) -> Path | None:
    """The spool's folder: one for each address and key, so that no project gets another's."""
    if spool_dir is False:
        return None
    if spool_dir is None or spool_dir is True:
        state = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
        spool_dir = Path(state) / "emend"
    name = hashlib.sha256(f"{address}\n{key}".encode()).hexdigest()[:16]
    return Path(spool_dir) / name


def _after_fork() -> None:
    for emend in list(living):
        emend._forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
