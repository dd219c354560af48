"""Real corrections, each with a copy that differs in a few tokens: are the pairs found?"""

import json
import random
import re

import pytest
from django.db import connection

from curation import categories, clusters, intake, nearness
from curation.models import ClusterMember, Example
from lib.clock import now
from tests.builders import make_ingest_key, make_project
from tests.curation_builders import make_correction

pytestmark = [pytest.mark.django_db, pytest.mark.shared, pytest.mark.timeout(600)]

TOKEN = re.compile(r"\w+|[^\w\s]")
EVERY = 40  # one token in so many is changed, one at least on each side


def edited(text, choose):
    """The text with a few of its words renamed, and its white space changed."""
    words = [found for found in TOKEN.finditer(text) if found.group().isidentifier()]
    for found in sorted(
        choose.sample(words, min(len(words), 1 + len(TOKEN.findall(text)) // EVERY)),
        key=lambda found: -found.start(),
    ):
        text = text[: found.start()] + f"renamed{choose.randrange(99)}" + text[found.end() :]
    return text.replace("    ", "\t")


def plain(output, ideal):
    found = set()
    for side, text in enumerate((output, ideal)):
        tokens = TOKEN.findall(text)
        long = min(nearness.SHINGLE, len(tokens))
        found |= {(side, *tokens[at : at + long]) for at in range(len(tokens) - long + 1) if long}
    return found


def alike(one, other):
    return len(one & other) / max(len(one | other), 1)


@pytest.fixture
def pack(shared):
    text = (shared / "data/public_pack/corrections.jsonl").read_text("utf-8")
    rows = [json.loads(line) for line in text.split("\n") if line]
    return [(row["rejected"], row["chosen"]) for row in rows]


def test_copies_with_small_edits_are_found_and_little_else(pack):
    project, choose = make_project(), random.Random(7)
    key = make_ingest_key(project)[0]
    texts = {}
    for number, (output, ideal) in enumerate(pack):
        sides = {"o": (output, ideal), "e": (edited(output, choose), edited(ideal, choose))}
        for side, (bad, good) in sides.items():
            name = f"{side}{number}"
            make_correction(project, key=key, client_id=name, output=bad, ideal=good)
            texts[name] = plain(bad, good)
    intake.pull(now())
    other = categories.by_slug(project)["other"]
    Example.objects.update(state=Example.State.LABELLED, category=other)
    with connection.cursor() as cursor:  # autovacuum may have last seen these tables empty
        cursor.execute("ANALYZE feedback_blob, curation_example")
    assert clusters.join_waiting(len(texts), now()) == len(texts)
    told = ClusterMember.objects.values_list("example__correction__client_id", "cluster")
    cluster_of = dict(told)
    planted = [n for n in range(len(pack)) if alike(texts[f"o{n}"], texts[f"e{n}"]) >= 0.7]
    found = [n for n in planted if cluster_of.get(f"o{n}", 0) == cluster_of.get(f"e{n}")]
    assert len(planted) > 800
    assert len(found) / len(planted) >= 0.98
    members = {}
    for name, cluster in cluster_of.items():
        members.setdefault(cluster, []).append(name)
    lonely = [
        name
        for name, cluster in cluster_of.items()
        if all(alike(texts[name], texts[n]) < 0.7 for n in members[cluster] if n != name)
    ]
    assert len(lonely) / len(cluster_of) <= 0.01
    print(
        f"planted {len(planted)}, found {len(found)}, in clusters {len(cluster_of)},"
        f" without a near one {len(lonely)}"
    )
