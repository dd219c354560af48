"""Builders for reviews: labelled examples with what they came from, and their slots."""

from datetime import timedelta
from itertools import count

from curation.categories import by_slug
from curation.models import Example, Vote
from feedback.blobs import keep_all
from feedback.models import Correction, Generation
from lib.clock import now
from reviews import queue
from reviews.models import ReviewTask
from tests.builders import make_ingest_key

OUTPUT = "def load(path):\n    data = open(path).read()\n    return eval(data)\n"
IDEAL = (
    "def load(path):\n    with open(path) as source:\n        data = source.read()\n"
    "    return json.loads(data)\n"
)

numbers = count(1)


def make_examples(project, how_many, *, output=OUTPUT, ideal=IDEAL, **changes):
    """Labelled examples of one project, in few statements; `changes` set columns of all.

    The developer has voted for the category, unless `voted` is False.
    """
    voted = changes.pop("voted", True)
    key, _ = make_ingest_key(project)
    category = changes.pop("category", None) or by_slug(project)["security"]
    span = changes.pop("span", (None, None, None, None))
    extra = changes.pop("extra", {})
    said = {
        "comment": changes.pop("comment", "Never eval what a file says."),
        "severity": changes.get("severity", "high"),
        "category": "Security",
    }
    texts = ("Load a settings file", output, ideal)
    blobs = keep_all(project, texts)
    prompt, bad, good = (blobs[text] for text in texts)
    marks = [next(numbers) for _ in range(how_many)]
    shared = {"project": project, "key": key, "payload_sha256": "0" * 64, "occurred_at": now()}
    columns = {
        "language": "python",
        "file_path": "settings/load.py",
        "repository": "acme/billing",
        "model_name": "ember-7b",
    } | {
        k: v
        for k, v in changes.items()
        if k in ("language", "file_path", "repository", "model_name")
    }
    generations = Generation.objects.bulk_create(
        Generation(**shared, client_id=f"g{n}", prompt_id=prompt, output_id=bad, **columns)
        for n in marks
    )
    corrections = Correction.objects.bulk_create(
        Correction(
            **shared,
            **said,
            extra=extra,
            client_id=f"c{n}",
            generation=generation,
            corrected_id=good,
            developer=changes.get("developer", "alder"),
            start_line=span[0],
            start_column=span[1],
            end_line=span[2],
            end_column=span[3],
        )
        for n, generation in zip(marks, generations, strict=True)
    )
    row = {
        "developer": "alder",
        "severity": "high",
        "state": Example.State.LABELLED,
        "probability": 0.6,
        "labelled_at": now(),
    }
    examples = Example.objects.bulk_create(
        Example(
            project=project,
            correction=correction,
            prompt_id=prompt,
            output_id=bad,
            ideal_id=good,
            category=category,
            occurred_at=correction.occurred_at,
            **row | columns | changes,
        )
        for correction in corrections
    )
    Vote.objects.bulk_create(
        Vote(example=example, labeler="developer", category=category, reason="They said so.")
        for example in (examples if voted else [])
    )
    return examples


def make_tasks(project, how_many=1, **changes):
    """Open slots, each with its labelled example; `urgency` may differ from row to row."""
    urgency = changes.pop("urgency", 400)
    examples = make_examples(project, how_many, **changes)
    return ReviewTask.objects.bulk_create(
        ReviewTask(
            project=project,
            example=example,
            urgency=urgency(n) if callable(urgency) else urgency,
            doubt=min(urgency(n) if callable(urgency) else urgency, 1000),
            category=example.category,
            severity=example.severity,
            language=example.language,
            repository=example.repository,
            model_name=example.model_name,
            file_path=example.file_path,
            developer=example.developer,
        )
        for n, example in enumerate(examples)
    )


def make_task(project, **changes):
    return make_tasks(project, **changes)[0]


def later(minutes=0, **span):
    return now() + timedelta(minutes=minutes, **span)


def task_address(project, task=None, act=""):
    middle = f"{task.pk}/" if task else ""
    return f"/p/{project.slug}/review/{middle}{act}"


def hold(task):
    return {"token": str(task.lease_token), "epoch": task.lease_epoch}


def verdict_of(task, kind, **changes):
    """What the form of the workspace sends."""
    return hold(task) | {"verdict": kind, "category": "logic", "severity": "low"} | changes


def claimed_by(reviewer, project, **changes):
    make_task(project, **changes)
    return queue.claim(project, reviewer, now())
