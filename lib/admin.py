"""Django admin for tables that people or machines wrote: to look at, fast at any size."""

from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

SHOWN = 5_000  # rows a list leads to; whoever wants an older one searches for it


class CappedPaginator(Paginator):
    """Counts no further than SHOWN, so that a page of a large table costs what a small one does."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        if not isinstance(rows, QuerySet):
            return min(len(rows), SHOWN)
        return rows.order_by()[:SHOWN].count()


class ReadOnlyAdmin(admin.ModelAdmin):
    """Nobody adds, changes or removes a row here; a search is exact and uses an index."""

    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 200
    ordering = ("-pk",)
    actions = None
    find_by: ClassVar[tuple[str, ...]] = ("pk",)

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        return self.find_by

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Rows one of whose `find_by` columns is exactly the term, found one column at a time."""
        term = search_term.strip()
        if not term:
            return queryset, False
        found: set[Any] = set()
        for name in self.find_by:
            found.update(self._matches(name, term))
        return queryset.filter(pk__in=found), False

    def _matches(self, name: str, term: str) -> list[Any]:
        try:
            rows = self.matching(name, term)
            return list(rows.values_list("pk", flat=True)[: self.list_max_show_all])
        except (ValueError, ValidationError):  # not a number, not a UUID
            return []

    def matching(self, name: str, term: str) -> QuerySet[Any]:
        """Rows with this value in this column; override where the index needs more columns."""
        rows: QuerySet[Any] = self.model._default_manager.filter(**{name: term})
        return rows

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
