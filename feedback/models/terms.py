"""Whether a repository's code may be learnt from, and under which licence."""

from django.db import models

from governance.models import Project, User


class RepositoryTerms(models.Model):
    """What a project decided about one repository; nothing was decided about those without."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    repository = models.CharField(
        max_length=300,
        blank=True,
        help_text="As clients name it; empty: every repository without terms of its own",
    )
    may_learn = models.BooleanField()
    licence = models.CharField(max_length=100, blank=True, help_text="An SPDX expression")
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "repository terms"
        constraints = [
            models.UniqueConstraint(name="terms_once", fields=["project", "repository"]),
        ]

    def __str__(self) -> str:
        return f"{self.repository or 'every other repository'}: {self.licence or self.may_learn}"
