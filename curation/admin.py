"""What curation recorded, to look at."""

from typing import ClassVar

from django.contrib import admin

from curation.models import (
    Category,
    Cluster,
    DatasetRecipe,
    DatasetRow,
    DatasetVersion,
    Decision,
    Example,
    FreezeSchedule,
    JudgeChoice,
    JudgeCount,
    LabelerRule,
    LabelerWeight,
    LabelModel,
    LearnedVoter,
    LeftOut,
    ProjectBenchmark,
    Recall,
    Run,
    RunLine,
    Vote,
)
from lib.admin import ReadOnlyAdmin


@admin.register(Category)
class CategoryAdmin(ReadOnlyAdmin):
    list_display = ("name", "slug", "project", "parent")
    list_select_related = ("project", "parent")
    find_by: ClassVar[tuple[str, ...]] = ("pk", "slug")


@admin.register(Example)
class ExampleAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "project", "state", "category", "language", "arrived_at")
    list_select_related = ("project", "category")
    raw_id_fields = ("correction", "prompt", "output", "ideal")
    find_by: ClassVar[tuple[str, ...]] = ("pk", "correction_id")


@admin.register(Cluster)
class ClusterAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "project", "size", "exemplar", "merged_into", "changed_at")
    list_select_related = ("project", "exemplar", "merged_into")
    raw_id_fields = ("exemplar", "merged_into")
    find_by: ClassVar[tuple[str, ...]] = ("pk", "exemplar_id")


@admin.register(Vote)
class VoteAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "category", "reason", "at")
    list_select_related = ("example", "category")
    raw_id_fields = ("example",)
    find_by: ClassVar[tuple[str, ...]] = ("pk", "example_id")


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "category", "by", "at")
    list_select_related = ("example", "category", "by")
    raw_id_fields = ("example", "ideal")
    find_by: ClassVar[tuple[str, ...]] = ("pk", "example_id")


@admin.register(DatasetVersion)
class DatasetVersionAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "state", "content_id", "requested_by", "requested_at")
    list_select_related = ("project", "requested_by")
    find_by: ClassVar[tuple[str, ...]] = ("pk", "content_id")


@admin.register(Recall)
class RecallAdmin(ReadOnlyAdmin):
    list_display = ("example", "project", "is_recalled", "kind", "why", "by", "at")
    list_select_related = ("project", "example", "by")
    raw_id_fields = ("example",)
    find_by: ClassVar[tuple[str, ...]] = ("pk", "example_id")


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "project", "version", "by", "begun_at", "ended_at", "outcome")
    list_select_related = ("project", "version__project", "by")
    find_by: ClassVar[tuple[str, ...]] = ("pk", "version_id")


@admin.register(RunLine)
class RunLineAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "at", "level", "said", "place", "figures")
    list_select_related = ("run",)
    raw_id_fields = ("run",)
    find_by: ClassVar[tuple[str, ...]] = ("pk", "run_id")


@admin.register(DatasetRecipe)
class DatasetRecipeAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "why", "set_by", "set_at")
    list_select_related = ("project", "set_by")
    find_by: ClassVar[tuple[str, ...]] = ("pk", "digest")


@admin.register(FreezeSchedule)
class FreezeScheduleAdmin(ReadOnlyAdmin):
    list_display = ("project", "every", "decisions", "set_by", "set_at")
    list_select_related = ("project", "set_by")
    find_by: ClassVar[tuple[str, ...]] = ("pk",)


@admin.register(JudgeChoice)
class JudgeChoiceAdmin(ReadOnlyAdmin):
    list_display = ("project", "is_on", "set_by", "set_at", "busy_until")
    list_select_related = ("project", "set_by")
    find_by: ClassVar[tuple[str, ...]] = ("pk",)


@admin.register(JudgeCount)
class JudgeCountAdmin(ReadOnlyAdmin):
    list_display = ("project", "day", "outcome", "count")
    list_select_related = ("project",)
    find_by: ClassVar[tuple[str, ...]] = ("pk",)


@admin.register(LabelerWeight)
class LabelerWeightAdmin(ReadOnlyAdmin):
    list_display = ("labeler", "project", "percent", "set_by", "set_at")
    list_select_related = ("project", "set_by")
    find_by: ClassVar[tuple[str, ...]] = ("pk", "labeler")


@admin.register(LabelerRule)
class LabelerRuleAdmin(ReadOnlyAdmin):
    list_display = ("name", "project", "version", "kind", "category", "is_on", "set_by", "set_at")
    list_select_related = ("project", "set_by")
    find_by: ClassVar[tuple[str, ...]] = ("pk", "name")


@admin.register(LearnedVoter)
class LearnedVoterAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "rows", "gold", "right", "majority_right", "in_use", "trained_at")
    list_select_related = ("project",)
    exclude = ("data",)
    find_by: ClassVar[tuple[str, ...]] = ("pk", "digest")


@admin.register(LabelModel)
class LabelModelAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "gold", "temperature", "measured_at")
    list_select_related = ("project",)
    find_by: ClassVar[tuple[str, ...]] = ("pk",)


@admin.register(ProjectBenchmark)
class ProjectBenchmarkAdmin(ReadOnlyAdmin):
    list_display = ("name", "project", "texts", "digest", "added_at")
    list_select_related = ("project",)
    exclude = ("data",)
    find_by: ClassVar[tuple[str, ...]] = ("pk", "name", "digest")


@admin.register(LeftOut)
class LeftOutAdmin(ReadOnlyAdmin):
    list_display = ("example", "version", "step", "reason")
    list_select_related = ("version__project", "example")
    raw_id_fields = ("example",)
    find_by: ClassVar[tuple[str, ...]] = ("pk", "example_id")


@admin.register(DatasetRow)
class DatasetRowAdmin(ReadOnlyAdmin):
    list_display = ("row_id", "version", "example", "split", "leads")
    list_select_related = ("version__project", "example")
    raw_id_fields = ("example", "decision")
    find_by: ClassVar[tuple[str, ...]] = ("pk", "example_id")
