"""The demo's stories hold together: spans lie in the code, people exist, fixes fix."""

import ast
import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta

import pytest

from config.demo import content
from config.demo.suggestions import suggestions
from curation.categories import TOP
from deployments import manifests, reports
from feedback.models import Reaction, Severity
from governance.models import Role
from reviews.models import Verdict

STORIES = content.read()
BY_SLUG = {story.slug: story for story in STORIES.corrections}
PEOPLE = {person.username: person for person in STORIES.people}
SUGGESTIONS = suggestions()

each_correction = pytest.mark.parametrize("story", STORIES.corrections, ids=lambda each: each.slug)
each_model = pytest.mark.parametrize(
    "model", STORIES.models, ids=lambda m: f"{m.name}-{m.revision}"
)

NOWS = [
    datetime(2026, 3, 3, 14, 2, tzinfo=UTC),
    datetime(2026, 3, 8, 23, 59, tzinfo=UTC),  # a Sunday
    datetime(2026, 3, 10, 0, 1, tzinfo=UTC),  # hardly a Tuesday yet
    datetime(2026, 3, 9, 6, 30, tzinfo=UTC),
]
at_any_time = pytest.mark.parametrize("now", NOWS, ids=str)

DOES_NOT_PARSE = {"25-cut-off-dunning"}
# What ruff sees: (fixed by the correction, introduced by it)
RUFF_DELTA = {
    "01-payout-retry": ({"S113", "BLE001"}, {"S311"}),
    "02-ledger-search-sql": ({"S608"}, set()),
    "03-reset-code": ({"S311"}, set()),
    "04-invoice-mutable-default": ({"B006"}, set()),
    "06-statement-xml": ({"S314"}, set()),
    "07-export-shell": ({"S602"}, {"S603"}),
    "08-tariff-yaml": ({"S506", "SIM115"}, set()),
    "09-backup-tar": ({"S202"}, set()),
    "10-session-pickle": ({"S301"}, set()),
    "11-webhook-verify-off": ({"S501"}, set()),
    "12-fingerprint-md5": ({"S324"}, set()),
    "13-fx-rates-timeout": ({"S113"}, set()),
    "14-fee-rates-timeout": ({"S113"}, set()),
    "15-limit-timeout": ({"S113"}, set()),
    "16-vat-timeout": ({"S113"}, set()),
    "17-invite-code": ({"S311"}, set()),
    "18-device-code": ({"S311"}, set()),
    "19-credit-note-mutable-default": ({"B006"}, set()),
    "20-quote-mutable-default": ({"B006"}, set()),
    "22-reconcile-swallow": ({"E722", "S110", "SIM105"}, set()),
    "23-token-expiry-naive": ({"DTZ003"}, set()),
    "25-cut-off-dunning": ({"invalid-syntax"}, set()),
    "27-settled-membership": ({"PERF401"}, set()),
    "28-async-sleep": ({"ASYNC251"}, set()),
    "29-unused-and-none": (
        {"E401", "E711", "E712", "E713", "F401", "UP006", "UP035"},
        set(),
    ),
}


def language(name):
    return [story for story in STORIES.corrections if story.language == name]


def offset(text, line, column):
    """Where a line and column lie in `text`; None when they do not."""
    lines = text.split("\n")
    if not 1 <= line <= len(lines) or not 0 <= column <= len(lines[line - 1]):
        return None
    return sum(len(each) + 1 for each in lines[: line - 1]) + column


@each_correction
def test_a_wrong_block_is_a_part_of_the_output(story):
    if story.span is None:
        return
    start = offset(story.output, story.span.start_line, story.span.start_column)
    end = offset(story.output, story.span.end_line, story.span.end_column)
    assert start is not None
    assert end is not None
    marked = story.output[start:end]
    assert marked == marked.strip() != ""


@each_correction
def test_a_correction_changes_the_code_and_a_fix_changes_the_correction(story):
    texts = [story.output, story.corrected, *([story.fixed] if story.fixed else [])]
    assert len(set(texts)) == len(texts)
    assert all(text.strip() and "\x00" not in text for text in [story.prompt, *texts])
    assert story.comment.strip()
    assert (story.intended.verdict == "fix") == (story.fixed is not None)


@each_correction
def test_a_correction_uses_the_words_that_the_models_know(story):
    assert story.category in {"", *TOP}
    assert story.intended.category in TOP
    assert story.severity in {"", *Severity.values}
    assert story.intended.severity in {"", *Severity.values}
    assert story.intended.verdict in {"waiting", *Verdict.Kind.values}
    assert (story.intended.verdict == "reject") == bool(story.intended.reason)
    assert story.intended.reason in {"", *Verdict.Reason.values}
    assert 0 <= story.confidence <= 1


@each_correction
def test_people_work_where_they_are_members_and_never_review_themselves(story):
    assert PEOPLE[story.developer].roles[story.project]
    assert story.session.startswith(f"{story.developer}-")
    if story.intended.verdict == "waiting":
        assert not story.intended.reviewer
        return
    assert Role.REVIEWER in PEOPLE[story.intended.reviewer].roles[story.project]
    assert story.intended.reviewer != story.developer
    assert 0 < story.intended.days_ago < story.days_ago < 25
    assert story.intended.held_ms > 0


@pytest.mark.parametrize("story", language("python"), ids=lambda each: each.slug)
def test_python_parses_unless_the_story_is_that_it_does_not(story):
    if story.slug in DOES_NOT_PARSE:
        with pytest.raises(SyntaxError):
            ast.parse(story.output)
    else:
        ast.parse(story.output)
    for text in (story.corrected, story.fixed or ""):
        ast.parse(text)


def test_corrections_fix_and_introduce_what_their_stories_say():
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--exit-zero"]
    chosen = "E,F,B,S,PERF,SIM,UP,DTZ,ASYNC,BLE"
    found = subprocess.run(
        [*command, "--select", chosen, "--ignore", "E501", "--output-format", "json", "."],
        cwd=content.CONTENT / "corrections",
        capture_output=True,
        check=True,
    )
    rules = defaultdict(set)
    for finding in json.loads(found.stdout):
        *_, slug, file = finding["filename"].split("/")
        rules[slug, file].add(finding["code"] or "invalid-syntax")
    delta = {}
    for slug in BY_SLUG:
        before, after = rules[slug, "output.py"], rules[slug, "corrected.py"]
        if before != after:
            delta[slug] = (before - after, after - before)
    assert delta == RUFF_DELTA


def shingles(text):
    words = re.findall(r"\w+", text)
    return {tuple(words[at : at + 5]) for at in range(len(words) - 4)}


def alike(one, other):
    return len(one & other) / len(one | other)


def test_near_duplicates_are_of_different_sessions_and_really_alike():
    groups = defaultdict(list)
    for story in STORIES.corrections:
        groups[story.near_duplicate_of or story.slug].append(story)
    groups = {slug: members for slug, members in groups.items() if len(members) > 1}
    assert sorted(map(len, groups.values())) == [3, 3, 4]
    for slug, members in groups.items():
        first = BY_SLUG[slug]
        assert len({each.session for each in members}) == len(members)
        assert len({each.developer for each in members}) > 1
        for member in members:
            assert alike(shingles(member.output), shingles(first.output)) >= 0.7


def test_there_is_something_of_everything():
    ours = [story for story in STORIES.corrections if story.project == "ledger-platform"]
    categories = Counter(story.intended.category for story in ours)
    assert set(categories) == set(TOP)
    assert min(categories.values()) >= 6
    assert len({story.language for story in ours}) >= 8
    assert len({story.developer for story in STORIES.corrections}) >= 12
    assert {story.intended.verdict for story in ours} >= {"accept", "fix", "reject", "escalate"}
    assert {story.intended.reason for story in ours} >= set(Verdict.Reason.values)
    assert any(story.output.count("\n") > 250 for story in ours)
    assert any("<script>" in story.output for story in ours)
    assert any(re.search("[\u0590-\u06ff]", story.output) for story in ours)
    assert any(story.span is None for story in ours)
    assert any(not story.category for story in ours)
    assert sum(story.category != story.intended.category for story in ours) >= 6
    assert any(story.intended.days_ago < 1 for story in ours if story.intended.days_ago)


def test_nothing_names_a_real_host():
    told = "".join(
        path.read_text(encoding="utf-8") for path in content.CONTENT.rglob("*") if path.is_file()
    )
    hosts = re.findall(r"(?:https?://|[\w.]@)([\w-]+(?:\.[\w-]+)+)", told)
    assert hosts
    assert {host for host in hosts if not host.endswith("example.org")} == set()


def test_there_is_a_demo_account_for_every_role():
    accounts = [person for person in STORIES.people if person.demo_account]
    roles = {role for person in accounts for role in person.roles.get("ledger-platform", [])}
    assert roles == set(Role.values)
    assert [person.username for person in accounts if person.site_admin] == ["ash"]
    assert len(PEOPLE) == len(STORIES.people)
    for person in STORIES.people:
        assert {role for held in person.roles.values() for role in held} <= set(Role.values)


@each_model
def test_a_model_can_be_registered_and_evaluated(model):
    manifest = manifests.read(model.manifest("0" * 64 if model.dataset else None))
    assert manifest.name == model.name
    for evaluation in model.evaluations:
        assert reports.read(evaluation.report, evaluation.suite)
        assert evaluation.days_ago < model.days_ago
    frozen = {(each.project, each.number): each.days_ago for each in STORIES.datasets}
    if model.dataset:
        assert frozen[model.project, model.dataset] > model.days_ago


def test_promotions_are_signed_by_two_others_who_may_and_the_last_one_waits():
    proposed = [model for model in STORIES.models if model.promotion]
    for model in proposed:
        promotion = model.promotion
        signers = {each.by for each in promotion.sign_offs if each.answer == "approved"}
        assert promotion.by not in signers
        assert promotion.days_ago < min(each.days_ago for each in model.evaluations)
        for each in promotion.sign_offs:
            assert Role.GOVERNANCE_LEAD in PEOPLE[each.by].roles[model.project]
            assert each.days_ago < promotion.days_ago
        if promotion.promoted_by:
            assert len(signers) == 2
            assert promotion.promoted_days_ago < min(e.days_ago for e in promotion.sign_offs)
    assert [len(model.promotion.sign_offs) for model in proposed] == [2, 2, 1]
    assert not proposed[-1].promotion.promoted_by


def test_suggestions_are_the_same_every_time_and_about_a_thousand():
    assert suggestions() == SUGGESTIONS
    assert 900 < len(SUGGESTIONS) < 1_100
    assert len({each.client_id for each in SUGGESTIONS}) == len(SUGGESTIONS)
    for each in SUGGESTIONS:
        assert each.project in PEOPLE[each.developer].roles
        assert {event.kind for event in each.events} <= set(Reaction.Kind.values)
        assert [event.kind for event in each.events][0] == "shown"


def test_the_new_model_is_accepted_more_often_than_the_old_one():
    """Counted as `feedback.acceptance` counts: a correction is an edit, a time-out is no answer."""

    def accepted(name):
        kinds = [{e.kind for e in each.events} for each in SUGGESTIONS if each.model_name == name]
        corrected = sum(story.model_name == name for story in STORIES.corrections)
        taken = sum("accepted" in each for each in kinds) + corrected
        return taken / (sum("timed_out" not in each for each in kinds) + corrected)

    assert accepted("ember-7b r1") == pytest.approx(0.27, abs=0.015)
    assert accepted("ember-7b r2") == pytest.approx(0.33, abs=0.015)


@at_any_time
def test_moments_go_back_from_now_and_pass_over_weekends(now):
    told = [number / 20 for number in range(500)]
    moments = [content.moment(days_ago, now) for days_ago in told]
    assert moments[0] == now
    assert moments == sorted(set(moments), reverse=True)
    assert now - moments[19] > timedelta(hours=5)
    assert all(each.weekday() < 5 and 8 <= each.hour <= 18 for each in moments[20:])
    assert timedelta(days=32) < now - moments[-1] < timedelta(days=37)


@at_any_time
def test_nobody_claims_a_correction_before_it_is_reported(now):
    for story in STORIES.corrections:
        if story.intended.verdict == "waiting":
            continue
        decided = content.moment(story.intended.days_ago, now)
        claimed = decided - timedelta(milliseconds=story.intended.held_ms)
        assert claimed - content.moment(story.days_ago, now) > timedelta(minutes=2), story.slug
