import logging
import random
import time
from decimal import Decimal

import requests

logger = logging.getLogger(__name__)


class PayoutError(Exception):
    """The gateway did not take the payout."""


class PayoutClient:
    def __init__(self, base_url: str, token: str):
        self.base_url = base_url
        self.token = token

    def send(self, payout_id: str, iban: str, amount: Decimal) -> str:
        """Send one payout to the bank gateway; safe to repeat."""
        for attempt in range(3):
            try:
                response = requests.post(
                    f"{self.base_url}/payouts",
                    headers={
                        "Authorization": f"Bearer {self.token}",
                        "Idempotency-Key": payout_id,
                    },
                    json={"iban": iban, "amount": str(amount)},
                    timeout=5,
                )
                response.raise_for_status()
                return response.json()["gateway_id"]
            except (requests.ConnectionError, requests.Timeout):
                logger.warning("payout %s: no answer, retrying", payout_id)
                time.sleep(random.uniform(0, 2**attempt))

        raise PayoutError(payout_id)
