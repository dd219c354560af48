"""What is stored holds no secret, whatever way it came; what it left behind says so."""

import logging
import random
from datetime import timedelta

import pytest
from django.apps import apps
from django.core import serializers

from feedback import masks, patterns
from feedback.ingest import State, receive
from feedback.masking import masker, personal
from feedback.masking.placeholders import placeholder
from feedback.masking.rules import Family
from feedback.models import Correction, Generation, MaskedCount, OutputShift
from governance.models import LedgerEntry
from lib.clock import now
from tests import planted
from tests.builders import make_admin, make_ingest_key, make_project
from tests.feedback_builders import correction, generation, reaction

pytestmark = pytest.mark.django_db
SEED = random.randrange(2**32)


@pytest.fixture
def key():
    return make_ingest_key(make_project())[0]


def send(key, *records):
    return [outcome.state for outcome in receive(key, list(records), now())]


def everything_stored():
    models = [m for m in apps.get_models() if m._meta.app_label in ("feedback", "governance")]
    return "".join(serializers.serialize("json", model.objects.all()) for model in models)


def test_no_kind_of_secret_is_stored_anywhere(key, caplog):
    caplog.set_level(logging.DEBUG)
    secrets = planted.shaped(SEED)
    sent = []
    for place, secret in enumerate(secrets.values()):
        one = generation(
            prompt=f"see {secret} ", output=f'x = "{secret}"\n', mine={secret: [secret]},
            file_path=f"a/{secret[:300]}/b", model_name=secret[:100],
        )  # fmt: skip
        sent += [
            one,
            correction(one, corrected=f'y = "{secret}"\n', comment=secret),
            reaction(one, "commented", comment=f"{place}: {secret}"),
        ]
    states = send(key, *sent)
    assert set(states) == {State.STORED}
    stored = everything_stored() + caplog.text
    cores = {kind: secret.split("://app:")[-1].split("@db.")[0] for kind, secret in secrets.items()}
    cores["bearer"] = secrets["bearer"].removeprefix("Bearer ")
    assert [kind for kind, core in cores.items() if core[:100] in stored] == []
    assert set(send(key, *sent)) == {State.DUPLICATE}


def test_a_secret_joins_records_of_different_days(key):
    secret = planted.shaped(SEED)["gitlab"]
    about = generation(output=f'connect("{secret}", verify=False)\n')
    send(key, about)
    at = len(f'connect("{secret}", ')
    span = {"start": {"line": 1, "column": at}, "end": {"line": 1, "column": at + 12}}
    assert send(key, correction(about, corrected=f'connect("{secret}")\n', span=span)) == ["stored"]
    kept = Correction.objects.select_related("generation__output", "corrected").get()
    output, corrected = kept.generation.output.text, kept.corrected.text
    instead = placeholder(masks.policy_for(key.project_id).pepper, "gitlab_token", secret)
    assert corrected == f'connect("{instead}")\n'
    assert output[kept.start_column : kept.end_column] == "verify=False"


def test_a_span_moves_within_a_batch_and_a_wrong_one_is_still_refused(key):
    secret = planted.shaped(SEED)["vault"]
    about = generation(output=f'a = "{secret}" + rest\n')
    at = len(f'a = "{secret}" + ')
    right = {"start": {"line": 1, "column": at}, "end": {"line": 1, "column": at + 4}}
    wrong = {"start": {"line": 1, "column": at}, "end": {"line": 1, "column": at + 5}}
    told = correction(about, span=right)
    assert send(key, told, about, correction(about, span=wrong)) == ["stored", "stored", "flawed"]
    kept = Correction.objects.select_related("generation__output").get()
    assert kept.generation.output.text[kept.start_column : kept.end_column] == "rest"
    assert send(key, told) == ["duplicate"]


def test_a_replay_is_the_same_and_another_secret_is_not(key):
    one, other = (planted.shaped(seed)["github"] for seed in (SEED, SEED + 1))
    record = generation(output=f'"{one}"')
    assert send(key, record) == send(key, generation())
    assert send(key, record) == ["duplicate"]
    assert send(key, record | {"output": f'"{other}"'}) == ["conflict"]


def test_a_replay_is_the_same_though_patterns_came_and_went(key):
    admin = make_admin(key.project)
    before = generation(output="ticket ACME-4711 is why\n")
    send(key, before)
    pattern = patterns.save(key.project, "ticket", r"\bACME-[0-9]{4}\b", admin, now())
    during = generation(output="ticket ACME-4712 is why\n")
    assert send(key, before, during) == ["duplicate", "stored"]
    patterns.end(pattern, admin, now())
    assert send(key, before, during) == ["duplicate", "duplicate"]
    kept = Generation.objects.select_related("output").get(client_id=during["id"])
    assert kept.output.text.startswith("ticket MASKED_ticket_")


def test_what_cannot_be_searched_is_not_stored(key, monkeypatch, caplog):
    secret = planted.shaped(SEED)["email"]

    def broken(text):
        raise ValueError(text)

    monkeypatch.setattr(masker, "EVERYTHING", (Family((broken,), ("@",)),))
    [outcome] = receive(key, [generation(output=secret)], now())
    assert outcome.state is State.FLAWED
    assert outcome.flaws[0].detail == (
        "the search for secrets failed (ValueError), so nothing of this record was kept"
    )
    assert not Generation.objects.exists()
    assert secret not in everything_stored() + caplog.text


def test_without_its_detector_a_secret_would_come_through(key, monkeypatch):
    """Negative control: if this fails, the tests above prove nothing."""
    monkeypatch.setattr(masker, "EVERYTHING", ())
    secret = planted.shaped(SEED)["email"]
    send(key, generation(output=secret))
    assert secret in everything_stored()
    assert personal.RULES


def test_counts_are_kept_by_kind_for_what_was_stored(key):
    secrets = planted.shaped(SEED)
    about = generation(output=f"{secrets['email']} {secrets['github']}")
    send(key, about, correction(about, corrected=secrets["email"]))
    send(key, about)
    counted = masks.counted(key.project, now() - timedelta(days=1))
    assert {each.kind: each.total for each in counted} == {"email": 2, "github_token": 1}
    assert OutputShift.objects.get().generation.client_id == about["id"]
    assert MaskedCount.objects.count() == 2


@pytest.mark.parametrize("expression", ["(", "(?=a)", "a*", ".", r"\w+", "[a-z]{1000}{1000}"])
def test_a_pattern_that_would_do_harm_is_refused(key, expression):
    with pytest.raises(patterns.PatternRefused, match="Nothing was saved"):
        patterns.save(key.project, "mine", expression, make_admin(key.project), now())


def test_a_pattern_that_hangs_other_engines_takes_no_time(key):
    patterns.save(key.project, "slow", r"(x+x+)+y", make_admin(key.project), now())
    assert send(key, generation(output="x" * 50_000)) == ["stored"]


def test_saving_and_ending_a_pattern_is_on_the_record_without_its_words(key):
    admin = make_admin(key.project)
    pattern = patterns.save(key.project, "host", r"db7\.acme\.lan", admin, now())
    with pytest.raises(patterns.PatternRefused, match="already"):
        patterns.save(key.project, "host", "other-host", admin, now())
    patterns.end(pattern, admin, now())
    patterns.end(pattern, admin, now())
    entries = LedgerEntry.objects.filter(subject="host").order_by("id")
    assert [each.action for each in entries] == ["masking pattern saved", "masking pattern ended"]
    assert not any(b"acme" in bytes(each.body) for each in entries)
    assert patterns.tried("host", r"db7\.acme\.lan", "at db7.acme.lan").count == 1
