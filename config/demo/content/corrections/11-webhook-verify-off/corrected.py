import logging

import requests

from webhooks.settings import CA_BUNDLE
from webhooks.signing import signature_of

logger = logging.getLogger(__name__)


def deliver(endpoint, event):
    """Post an event to a merchant; whether they took it."""
    body = event.to_json()
    response = requests.post(
        endpoint.url,
        data=body,
        headers={"Content-Type": "application/json", "X-Signature": signature_of(body, endpoint)},
        verify=CA_BUNDLE,
        timeout=10,
    )
    logger.info("event %s to %s: %s", event.id, endpoint.id, response.status_code)
    return response.ok
