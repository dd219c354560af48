"""People deciding: slots, what was decided in them, and what guides it; a subject a file."""

from reviews.models.announcing import AnnouncementMark
from reviews.models.batches import Batch, BatchItem, CategoryChange, CategoryChangeItem
from reviews.models.comments import Comment, CommentDraft, Thread
from reviews.models.drafts import Draft
from reviews.models.gold import GoldItem, Probe
from reviews.models.guidelines import Guideline, GuidelineFlag
from reviews.models.inbox import InboxEntry
from reviews.models.mailing import Letter, LetterLine, NoticeChoice
from reviews.models.needs import ReviewNeed
from reviews.models.policy import ReviewPolicy, ReviewRule
from reviews.models.relabelling import Relabelling
from reviews.models.routing import Assignment, Route
from reviews.models.search import SavedView, SearchText
from reviews.models.tasks import ReviewTask, ReviewTeam
from reviews.models.testing import (
    SandboxReport,
    TestEvidence,
    TestMark,
    TestPlan,
    TestPolicy,
    TestRecipe,
    TestResult,
    TestRun,
    TestSuite,
)
from reviews.models.verdicts import Verdict
from reviews.models.webhooks import Webhook, WebhookDelivery

__all__ = [
    "AnnouncementMark",
    "Assignment",
    "Batch",
    "BatchItem",
    "CategoryChange",
    "CategoryChangeItem",
    "Comment",
    "CommentDraft",
    "Draft",
    "GoldItem",
    "Guideline",
    "GuidelineFlag",
    "InboxEntry",
    "Letter",
    "LetterLine",
    "NoticeChoice",
    "Probe",
    "Relabelling",
    "ReviewNeed",
    "ReviewPolicy",
    "ReviewRule",
    "ReviewTask",
    "ReviewTeam",
    "Route",
    "SandboxReport",
    "SavedView",
    "SearchText",
    "TestEvidence",
    "TestMark",
    "TestPlan",
    "TestPolicy",
    "TestRecipe",
    "TestResult",
    "TestRun",
    "TestSuite",
    "Thread",
    "Verdict",
    "Webhook",
    "WebhookDelivery",
]
