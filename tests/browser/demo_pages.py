"""The pages a person may open, and a path for each to rows that the demo has."""

from random import Random

from config.erasure.erasing import erase
from config.erasure.requests import Subject
from curation.models import DatasetVersion, Example, Recall, Run
from curation.summary import reported_by
from deployments.models import ModelVersion, Promotion
from feedback.models import Quarantined
from governance.models import LedgerEntry, Project, User
from lib.clock import now
from reviews import batches
from reviews.filters import Filters
from reviews.models import GoldItem, ReviewTask, Webhook
from reviews.queue import claim
from reviews.slots import open_tasks
from tests.addresses import every_address
from tests.testing_builders import make_done, make_runs

SLUG = "ledger-platform"

OPEN = [
    "api_docs",
    "account_login",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "account_signup",
    "account_inactive",
    "socialaccount_login_cancelled",
    "socialaccount_login_error",
]
OWN = [
    "home",
    "reviews:inbox",
    "reviews:notices",
    "account_change_password",
    "account_email",
    "account_logout",
    "account_reauthenticate",
    "go",
    "governance:tokens",
    "reviews:keys",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_index",
    "mfa_list_webauthn",
    "socialaccount_connections",
]
IN_PROJECT = [
    "overview",
    "acceptance",
    "generation",
    "feedback:generations",
    "curation:changes",
    "curation:dataset",
    "curation:datasets",
    "curation:example",
    "curation:left-out",
    "curation:mine",
    "curation:recipe",
    "curation:run",
    "curation:runs",
    "curation:benchmarks",
    "curation:schedule",
    "fate",
    "recall",
    "recalls",
    "curation:rows",
    "curation:samples",
    "reviews:batch",
    "reviews:bulk",
    "reviews:cluster",
    "deployments:amend",
    "deployments:model",
    "deployments:models",
    "deployments:promotion",
    "curation:repositories",
    "deployments:register",
    "feedback:connect",
    "feedback:connect-tool",
    "governance:ledger",
    "erasures",
    "erasure",
    "governance:ledger-entry",
    "governance:settings",
    "reviews:edit-guideline",
    "feedback:masking",
    "feedback:quarantine",
    "feedback:quarantined",
    "feedback:sampling",
    "reviews:guideline",
    "reviews:guidelines",
    "reviews:adjudicate",
    "reviews:gold",
    "reviews:judge",
    "reviews:label-again",
    "reviews:labeler",
    "reviews:labeler-rule",
    "reviews:labelers",
    "reviews:mark-gold",
    "reviews:my-numbers",
    "reviews:new-labeler-rule",
    "reviews:policy",
    "reviews:queue",
    "reviews:recipes",
    "reviews:context",
    "reviews:history",
    "reviews:routing",
    "reviews:task",
    "reviews:webhook",
    "reviews:webhooks",
    "reviews:team",
    "reviews:tests",
]


def learnt_from(project, username):
    """A correction of the person's that a version holds."""
    person = User.objects.get(username=username)
    return reported_by(project, person).filter(dataset_rows__isnull=False).latest("pk")


def paths_of_the_demo():
    """A path for every page, to rows that the demo has."""
    project = Project.objects.get(slug=SLUG)
    mine = {"project": project}
    receipt = erased(project)  # first: what it takes is not to be looked for
    known_answer = GoldItem.objects.filter(**mine).latest("pk")
    disputes = ReviewTask.objects.filter(**mine, kind="adjudication")
    known = {
        "curation:changes": {"number": DatasetVersion.objects.filter(**mine).latest("pk").number},
        "curation:dataset": {"number": DatasetVersion.objects.filter(**mine).latest("pk").number},
        "curation:left-out": {"number": DatasetVersion.objects.filter(**mine).latest("pk").number},
        "curation:rows": {"number": DatasetVersion.objects.filter(**mine).latest("pk").number},
        "curation:samples": {"number": DatasetVersion.objects.filter(**mine).latest("pk").number},
        "curation:example": {"pk": Example.objects.filter(**mine).latest("pk").pk},
        "curation:run": {"pk": Run.objects.filter(**mine, kind="build").latest("pk").pk},
        "generation": {"pk": learnt_from(project, "noor").correction.generation_id},
        "fate": {"pk": learnt_from(project, "noor").pk},
        "deployments:amend": {"pk": ModelVersion.objects.filter(**mine).latest("pk").pk},
        "deployments:model": {"pk": ModelVersion.objects.filter(**mine).latest("pk").pk},
        "deployments:promotion": {"pk": Promotion.objects.filter(**mine).latest("pk").pk},
        "feedback:quarantined": {"pk": Quarantined.objects.filter(**mine).latest("pk").pk},
        "governance:ledger-entry": {"pk": LedgerEntry.objects.filter(**mine).latest("pk").pk},
        "erasure": {"pk": receipt.pk},
        "feedback:connect-tool": {"tool": "claude-code"},
        "reviews:edit-guideline": {"category": "security"},
        "reviews:guideline": {"category": "-"},
        "reviews:context": {"task_id": talked_about(project)},
        "reviews:history": {"task_id": talked_about(project)},
        "reviews:webhook": {"pk": Webhook.objects.filter(**mine).latest("pk").pk},
        "reviews:adjudicate": {"task_id": disputes.latest("pk").pk},
        "recall": {"pk": Recall.objects.filter(**mine).latest("pk").example_id},
        "reviews:labeler": {"name": "comment"},
        "reviews:labeler-rule": {"number": 1},
        "reviews:mark-gold": {"example_id": known_answer.example_id},
        "reviews:task": {"task_id": held_by_wren(project).pk},
        "reviews:tests": {"task_id": shown_with_tests(project).pk},
        "reviews:cluster": {"task_id": near_to_others(project).pk},
        "reviews:batch": {"pk": decided_by_maren(project).pk},
    }
    addresses = {address.name: address for address in every_address()}
    return {
        name: addresses[name].path(slug=SLUG, **known.get(name, {}))
        for name in [*OPEN, *OWN, *IN_PROJECT]
    }


def erased(project):
    """The receipt of somebody whose feedback was taken out, lines of a version with it."""
    return erase(project, Subject("pavel"), User.objects.get(username="rowan"), now(), "Asked to.")


def shown_with_tests(project):
    """A slot with a matrix: tests that came with its correction, and what they told."""
    task = ReviewTask.objects.filter(
        project=project, example__correction__extra__has_key="tests"
    ).latest("pk")
    for number, run in enumerate(make_runs(task)):
        make_done(run, test_one="passed" if number else "failed", test_two="timeout")
    return task


def talked_about(project):
    """An item with a past: decided, and talked about."""
    talked = ReviewTask.objects.filter(project=project, example__threads__isnull=False)
    return talked.filter(state=ReviewTask.State.DECIDED).latest("pk").pk


def held_by_wren(project):
    """A slot that wren holds, so that the page has its decision panel."""
    open_tasks(now())
    return claim(project, User.objects.get(username="wren"), now(), dice=Sparing())


class Sparing(Random):
    """Dice that have nobody measured: a slot to measure by is shown to its reviewer alone."""

    def randrange(self, *_):
        return 999


def near_to_others(project):
    """A waiting slot of an example that has near-duplicates."""
    waiting = ReviewTask.objects.filter(project=project, state="open")
    return waiting.filter(example__membership__isnull=False).first()


def decided_by_maren(project):
    """A decision for several slots at once."""
    maren = User.objects.get(username="maren")
    said = batches.Said("escalate", note="Ask the security team.")
    one = near_to_others(project)
    batch = batches.request(project, maren, Filters(language=(one.example.language,)), said, now())
    batches.run(batch, now())
    return batch
