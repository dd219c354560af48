"""Joins what is live, which deployments know, with the order of the queue, which reviews keep."""

from datetime import datetime

from deployments.models import Endpoint
from governance.models import Project
from reviews import ordering


def order_queue(project: Project, now: datetime) -> None:
    """Put the project's queue into the order of what it would learn most from now."""
    endpoints = Endpoint.objects.filter(project=project, live__isnull=False)
    live = [str(endpoint.live) for endpoint in endpoints.select_related("live")]
    ordering.find_needs(project, live, now)
    ordering.rank(project)
