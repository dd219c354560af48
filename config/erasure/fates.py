"""What an erasure does with the rows of each table; a test finds the table that nobody thought of.

`GOES` is in the order in which rows are found, each by the ones before it. The order of removing
them does not matter: PostgreSQL checks foreign keys when the transaction ends.
"""

from dataclasses import dataclass

from django.db.models import Model
from django.utils.translation import gettext_noop

from curation import models as curation
from feedback import models as feedback
from governance.models import Tombstone
from reviews import models as reviews

type Table = type[Model]


@dataclass(frozen=True)
class Goes:
    """Rows that go with others: `by` are its foreign keys, and the tables they lead to."""

    table: Table
    words: str  # what a person calls them
    by: tuple[
        tuple[str, Table], ...
    ] = ()  # none: found in a way of its own (`config.erasure.reach`)


EVENTS = gettext_noop("What clients reported")
RAW = gettext_noop("Events in their client's words")
EXAMPLES = gettext_noop("Examples and their labels")
REVIEW = gettext_noop("Review items and decisions")
TALK = gettext_noop("Comments, notes and drafts")
TESTS = gettext_noop("Tests and what they printed")
TEXTS = gettext_noop("Texts that nothing else uses")
TOLD = gettext_noop("Deliveries to webhooks")

GOES: tuple[Goes, ...] = (
    Goes(feedback.Generation, EVENTS),
    Goes(feedback.Reaction, EVENTS),
    Goes(feedback.Correction, EVENTS),
    Goes(feedback.Orphan, EVENTS),
    Goes(feedback.Alias, EVENTS, (("generation", feedback.Generation),)),
    Goes(feedback.OutputShift, EVENTS, (("generation", feedback.Generation),)),
    Goes(feedback.GenerationWords, EVENTS, (("generation", feedback.Generation),)),
    Goes(feedback.Original, RAW),
    Goes(feedback.Derived, RAW, (("original", feedback.Original),)),
    Goes(feedback.Quarantined, RAW, (("original", feedback.Original),)),
    Goes(feedback.QuarantineEvent, RAW, (("quarantined", feedback.Quarantined),)),
    Goes(curation.Example, EXAMPLES, (("correction", feedback.Correction),)),
    Goes(curation.Sketch, EXAMPLES, (("example", curation.Example),)),
    Goes(curation.ClusterMember, EXAMPLES, (("example", curation.Example),)),
    Goes(curation.Vote, EXAMPLES, (("example", curation.Example),)),
    Goes(curation.Recall, EXAMPLES, (("example", curation.Example),)),
    Goes(curation.LeftOut, EXAMPLES, (("example", curation.Example),)),
    Goes(reviews.SearchText, EXAMPLES, (("example", curation.Example),)),
    Goes(curation.Decision, REVIEW, (("example", curation.Example),)),
    Goes(reviews.ReviewTask, REVIEW, (("example", curation.Example),)),
    Goes(reviews.CategoryChangeItem, REVIEW, (("example", curation.Example),)),
    Goes(reviews.GoldItem, REVIEW, (("example", curation.Example),)),
    Goes(reviews.Verdict, REVIEW, (("task", reviews.ReviewTask),)),
    Goes(reviews.BatchItem, REVIEW, (("task", reviews.ReviewTask),)),
    Goes(reviews.Assignment, REVIEW, (("task", reviews.ReviewTask),)),
    Goes(
        reviews.Probe,
        REVIEW,
        (
            ("task", reviews.ReviewTask),
            ("gold", reviews.GoldItem),
            ("earlier", reviews.Verdict),
        ),
    ),
    Goes(reviews.GuidelineFlag, TALK, (("example", curation.Example),)),
    Goes(reviews.Thread, TALK, (("example", curation.Example),)),
    Goes(reviews.Comment, TALK, (("thread", reviews.Thread),)),
    Goes(
        reviews.CommentDraft,
        TALK,
        (("example", curation.Example), ("thread", reviews.Thread)),
    ),
    Goes(reviews.Draft, TALK, (("task", reviews.ReviewTask),)),
    Goes(
        reviews.InboxEntry,
        TALK,
        (("task", reviews.ReviewTask), ("comment", reviews.Comment)),
    ),
    Goes(reviews.LetterLine, TALK, (("entry", reviews.InboxEntry),)),
    Goes(reviews.TestPlan, TESTS, (("example", curation.Example),)),
    Goes(reviews.TestSuite, TESTS),
    Goes(feedback.Blob, TEXTS),
    Goes(
        reviews.TestRun,
        TESTS,
        (("suite", reviews.TestSuite), ("code", feedback.Blob)),
    ),
    Goes(reviews.TestResult, TESTS, (("run", reviews.TestRun),)),
    Goes(
        reviews.TestEvidence,
        TESTS,
        (("verdict", reviews.Verdict), ("run", reviews.TestRun)),
    ),
    Goes(reviews.WebhookDelivery, TOLD),
)

# What points at rows that go, and stays without them
LETS_GO: dict[Table, str] = {
    curation.DatasetRow: "keeps a tombstone: its version, split and row id, no example",
    curation.LearnedVoter: "is forgotten: it learnt from what goes; another one is trained",
    curation.LabelModel: "is forgotten: it learnt from what goes; another one is measured",
    curation.Cluster: "is taken apart with one of its examples; the others are compared anew",
    reviews.Batch: "forgets the cluster that it decided",
}

# What holds nothing that a client reported
STAYS: dict[Table, str] = {
    feedback.ImportedFile: "how far a file was read: hashes, counts and the file's name",
    feedback.MaskedCount: "counts of what was masked, by kind",
    feedback.MaskingPattern: "the project's setting",
    feedback.Sampling: "the project's setting",
    feedback.RepositoryTerms: "the project's setting",
    curation.IntakeMark: "a place in the order of ids",
    curation.Category: "the project's own words",
    curation.ClusterMark: "a lock",
    curation.DatasetVersion: "what was frozen: counts, digests and terms of repositories",
    curation.DatasetRecipe: "the project's setting",
    curation.ProjectBenchmark: "hashes of the project's own tasks, none of their text",
    curation.JudgeChoice: "the project's setting",
    curation.JudgeCount: "counts of what came of asking, by day",
    curation.FreezeSchedule: "the project's setting",
    curation.Run: "when work was done, who asked for it, and counts",
    curation.RunLine: "words of ours and counts",
    reviews.Relabelling: "how far a run came: counts, and a place in the order of ids",
    curation.LabelerWeight: "the project's setting",
    curation.LabelerRule: "the project's own words, which quote nobody by rule",
    curation.Publication: "digests, sizes and commits; the files are published anew without it",
    reviews.AnnouncementMark: "a place in the order of ids",
    reviews.ReviewTeam: "people who review",
    reviews.Guideline: "the project's own words, which quote nobody by rule",
    reviews.CategoryChange: "who changed which category when; the items go",
    reviews.NoticeChoice: "a reviewer's setting",
    reviews.Letter: "to whom and when; its lines go",
    reviews.ReviewNeed: "counts, made anew every quarter of an hour",
    reviews.ReviewPolicy: "the project's setting",
    reviews.ReviewRule: "the project's setting",
    reviews.Route: "the project's setting",
    reviews.SavedView: "a reviewer's own search",
    reviews.TestPolicy: "the project's setting",
    reviews.TestRecipe: "the project's own tests",
    reviews.SandboxReport: "a machine's state",
    reviews.TestMark: "a place in the order of ids",
    reviews.Webhook: "the project's setting",
}

WORDS: dict[str, str] = {each.table._meta.db_table: each.words for each in GOES} | {
    curation.DatasetRow._meta.db_table: gettext_noop("Rows of dataset versions, as tombstones"),
    Tombstone._meta.db_table: gettext_noop("Ids that stay away"),
}
