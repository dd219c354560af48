"""Builders for curation: corrections as they arrive, and examples as far along as a test needs."""

from itertools import count

from curation import categories, datasets, intake, labeling
from curation.models import Category, Example, Vote
from feedback.blobs import keep
from feedback.models import Correction, Generation, Reaction
from lib.clock import now
from tests.builders import make_curator, make_ingest_key, make_person

numbers = count(1)


def make_correction(project, **changes):
    """A correction and its generation, stored as the ingest stores them."""
    number = changes.pop("number", None) or next(numbers)
    key = changes.pop("key", None) or make_ingest_key(project)[0]
    told = {
        "prompt": f"Load the settings of file {number}.",
        "output": f"settings = eval(open('{number}').read())\n",
        "ideal": f"settings = json.loads(open('{number}').read())\n",
        "language": "python",
        "file_path": "app/settings.py",
        "repository": "",
        "session": "",
        "developer": "",
        "model_name": "ember-7b",
        "client_id": f"c-{number}",
        "category": "",
        "severity": "",
        "comment": "",
    } | changes
    shared = {
        "project": project,
        "key": key,
        "payload_sha256": "0" * 64,
        "occurred_at": now(),
        "session": told["session"],
        "developer": told["developer"],
    }
    generation = Generation.objects.create(
        **shared,
        client_id=f"g-{told['client_id']}",
        prompt=keep(project, told["prompt"]),
        output=keep(project, told["output"]),
        **{name: told[name] for name in ("language", "file_path", "repository", "model_name")},
    )
    return Correction.objects.create(
        **shared | changes.get("of_correction", {}),
        client_id=told["client_id"],
        generation=generation,
        corrected=keep(project, told["ideal"]),
        **{name: told[name] for name in ("category", "severity", "comment")},
    )


def make_reaction(correction, kind, **changes):
    generation = correction.generation
    return Reaction.objects.create(
        project=generation.project,
        key=generation.key,
        payload_sha256="0" * 64,
        occurred_at=now(),
        client_id=f"r-{next(numbers)}",
        generation=generation,
        kind=kind,
        **changes,
    )


def make_example(project, **changes):
    """An example as the intake leaves it: arrived."""
    correction = make_correction(project, **changes)
    intake.pull(now())
    return Example.objects.get(correction=correction)


def make_labelled(project, **changes):
    """An example that two labelers called a security fault, without running any."""
    example = make_example(project, **changes)
    security = categories.by_slug(project)["security"]
    for labeler in ("developer", "analysers"):
        Vote.objects.create(example=example, labeler=labeler, category=security, reason="Told so.")
    labeling.move(
        example,
        Example.State.LABELLED,
        labeling.MOVES,
        category=security,
        probability=0.9,
        labelled_at=now(),
    )
    return example


def make_accepted(project, by=None, category="security", **changes):
    """An example a person accepted as it was."""
    example = make_labelled(project, **changes)
    labeling.accept(
        example,
        by=by or make_person(),
        category=Category.objects.get(project=project, slug=category),
        severity="high",
        ideal=example.ideal,
        now=now(),
    )
    return example


def make_frozen(project, rows=3):
    """A frozen version of `rows` accepted examples, each from a repository of its own."""
    for number in range(rows):
        make_accepted(project, repository=f"acme/part-{number}", client_id=f"row-{number}")
    return make_refrozen(project)


def make_refrozen(project):
    """A frozen version of all that is accepted by now."""
    version = datasets.request(project, make_curator(project), now())
    datasets.build(version)
    version.refresh_from_db()
    assert version.state == "frozen", version.problem
    return version
