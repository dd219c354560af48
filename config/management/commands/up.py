"""Everything on one machine, under one process: web, worker, beat, and the servers they need."""

import os
import shlex
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from honcho.manager import Manager
from honcho.printer import Message, Printer

from config import env, health, machine
from config.demo import content
from governance.models import Role

HOST = "127.0.0.1"
READY_WITHIN = 120  # seconds
BY_SIGNAL = {128 + signal.SIGINT, 128 + signal.SIGTERM}  # honcho's codes for a stop we asked for
WEB = (
    *("-m", "granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "4"),
    *("--no-ws", "--log-level", "warning", "--workers-kill-timeout", "2", "--host", HOST),
)
CELERY = ("-m", "celery", "--quiet", "-A", "config")
AS_ROOT = "ignore:You're running the worker with superuser privileges"  # one machine, one user
WORKER = ("-W", AS_ROOT, *CELERY, "worker", "--concurrency", "2", "--loglevel", "warning")
BEAT = (*CELERY, "beat", "--loglevel", "warning", "--pidfile=")


class Command(BaseCommand):
    help = "Start everything Emend needs on this machine. Ctrl-C stops it."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="load the demo project first")
        parser.add_argument("--port", type=int, default=8000, help="of the web server (8000)")
        parser.add_argument("--data-dir", help="where everything is kept (.emend)")

    def handle(self, *, demo: bool, port: int, **options: Any) -> None:
        if settings.SETTINGS_MODULE != "config.settings.development":
            raise CommandError(
                "up is for one machine, under config.settings.development. To run in production,"
                " start each process as docs/operations.md says."
            )
        refuse_taken(port)
        self.prepare(demo)
        supervisor = Supervisor(port)
        problem = supervisor.run(lambda: self.say_where(port, demo))
        if problem:
            raise CommandError(problem, returncode=1)
        self.stdout.write("Emend has stopped.")

    def prepare(self, demo: bool) -> None:
        """Bring the database up to date. No pool may live on: its threads do not survive a fork."""
        if health.parts()["migrations"] != health.OK:
            self.stdout.write("Preparing the database …")
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '4s'")  # a page in use must not make us hang
            call_command("migrate", interactive=False, verbosity=0)
        if demo:
            self.stdout.write("Loading the demo …")
            call_command("load_demo", verbosity=0, stdout=self.stdout)
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]  # of the PostgreSQL backend

    def say_where(self, port: int, demo: bool) -> None:
        lines = ["", f"  Emend is ready: http://{HOST}:{port}/", ""]
        if demo:
            lines += demo_accounts()
        self.stdout.write("\n".join([*lines, "  Ctrl-C stops it.", ""]))
        self.stdout.flush()


class Supervisor:
    """Runs the processes until one ends, a server ends, or someone asks to stop."""

    def __init__(self, port: int) -> None:
        self.url = f"http://{HOST}:{port}"
        self.data_dir = Path(env.text("EMEND_DATA_DIR"))
        self.printer = Quiet(sys.stdout)
        self.problem = ""
        self.over = threading.Event()
        self.manager = Manager(self.printer)
        web = (*WEB, "--port", str(port), "config.wsgi:application")
        for name, arguments in (("web", web), ("worker", WORKER), ("beat", BEAT)):
            # pages come before labels, at the start and whenever cores are short
            polite = "" if name == "web" else "nice -n 10 "
            self.manager.add_process(
                name,
                f"exec {polite}{shlex.join([sys.executable, *arguments])}",
                env=env.with_values(
                    EMEND_DATABASE_POOL="16" if name == "web" else "0",
                    EMEND_ADDRESS=env.text("EMEND_ADDRESS", self.url),
                ),
                cwd=str(Path(__file__).resolve().parents[3]),
            )

    def run(self, when_ready: Callable[[], None]) -> str:
        """Block until the end; return what went wrong, or an empty text."""
        threading.Thread(target=self.watch, args=[when_ready], daemon=True).start()
        try:
            with suppress(KeyError):  # honcho stumbles over a signal in its first moments
                self.manager.loop()
        finally:
            self.over.set()
            servers = machine.started.values()
            machine.end(child for child in psutil.Process().children() if child not in servers)
        if self.problem or self.manager.returncode in BY_SIGNAL:
            return self.problem
        return f"The {self.printer.first_to_end or 'web'} process ended; everything was stopped."

    def watch(self, when_ready: Callable[[], None]) -> None:
        """Announce readiness, keep the list of our processes, and notice a server that ends."""
        ready, deadline = False, time.monotonic() + READY_WITHIN
        while not self.over.wait(1 if ready else 0.2):
            machine.remember(self.data_dir, psutil.Process().children(recursive=True))
            ended = [
                name for name, server in machine.started.items() if not machine.is_alive(server)
            ]
            if ended:
                return self.give_up(f"{ended[0]} ended; everything was stopped.")
            if not ready and (ready := not self.missing()):
                when_ready()
            if not ready and time.monotonic() > deadline:
                return self.give_up(f"Not ready after {READY_WITHIN} s: {self.missing()}.")
        return None

    def give_up(self, problem: str) -> None:
        """Have the main thread stop everything."""
        self.problem = problem
        os.kill(os.getpid(), signal.SIGTERM)

    def missing(self) -> str:
        """What is not in order yet; empty once everything is."""
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5):  # noqa: S310  our own
                return ""
        except urllib.error.HTTPError as refusal:
            return refusal.read(500).decode(errors="replace")
        except OSError:
            return "the web server does not answer"


class Quiet(Printer):  # type: ignore[misc]  # honcho has no types
    """Prints what the processes say, not what honcho says about them."""

    first_to_end = ""

    def write(self, message: Message) -> None:
        if message.name != "system":
            super().write(message)
        elif " stopped " in message.data and not self.first_to_end:
            self.first_to_end = message.data.split()[0]


def refuse_taken(port: int) -> None:
    """Say so now if the port cannot be had, instead of failing somewhere later."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            raise CommandError(
                f"Port {port} cannot be used ({error.args[-1]}). Stop what uses it,"
                " or choose another: make demo PORT=8001, or manage.py up --port 8001."
            ) from None


def demo_accounts() -> list[str]:
    """A table of the demo's accounts; they exist in the demo only."""
    told = content.read()
    accounts = [person for person in told.people if person.demo_account]
    rows = [f"    {person.username:10} {', '.join(duties_of(person))}" for person in accounts]
    return [f"  Log in as one of these, password {told.password}", *rows, ""]


def duties_of(person: content.Person) -> list[str]:
    """The person's roles over all projects, each once."""
    roles = dict.fromkeys(role for held in person.roles.values() for role in held)
    return [Role(role).label.lower() for role in roles] + ["site admin"] * person.site_admin
