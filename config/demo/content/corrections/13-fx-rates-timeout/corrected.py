import logging

import requests

from rates.settings import SERVICE_URL, TOKEN

logger = logging.getLogger(__name__)


class ServiceError(Exception):
    """The service did not answer with what was asked for."""


def get_json(path: str, **params: str) -> dict:
    """What the rate service answers to a GET."""
    response = requests.get(
        f"{SERVICE_URL}/{path.lstrip('/')}",
        params=params,
        headers={"Authorization": f"Bearer {TOKEN}", "Accept": "application/json"},
        timeout=(2, 5),
    )
    if response.status_code != 200:
        logger.warning("GET %s: %s", path, response.status_code)
        raise ServiceError(response.status_code)
    return response.json()
