"""What exactly people sign: one digest over the model, its manifest, the evidence and the place."""

from collections.abc import Iterable
from dataclasses import dataclass

from deployments.models import Evaluation, ModelVersion, Promotion
from lib.canonical import digest_of


@dataclass(frozen=True)
class Subject:
    """What a promotion is about at one moment. Change any part and the digest is another."""

    project: str
    endpoint: str
    model: str
    manifest: str
    evaluations: tuple[str, ...]

    @property
    def digest(self) -> str:
        """The SHA-256 that a sign-off carries."""
        return digest_of(
            {
                "endpoint": self.endpoint,
                "evaluations": sorted(self.evaluations),
                "manifest": self.manifest,
                "model": self.model,
                "project": self.project,
            }
        )


def subject_of(promotion: Promotion) -> Subject:
    """What the promotion is about now; lock its model version first to keep it so."""
    version = promotion.model_version
    return Subject(
        project=promotion.project.slug,
        endpoint=promotion.endpoint.name,
        model=str(version),
        manifest=version.digest,
        evaluations=tuple(each.report_digest for each in evidence_of(version)),
    )


def evidence_of(version: ModelVersion) -> Iterable[Evaluation]:
    """The evaluations of the manifest in force; those of an amended one no longer count."""
    return version.evaluations.filter(manifest_digest=version.digest).order_by("id")
