import logging
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

    def send(self, payout_id: str, iban: str, amount: Decimal):
        """Send one payout to the bank gateway."""
        for attempt in range(3):
            try:
                response = requests.post(
                    f"{self.base_url}/payouts",
                    headers={"Authorization": f"Bearer {self.token}"},
                    json={"iban": iban, "amount": float(amount)},
                )
                return response.json()["gateway_id"]
            except Exception:
                logger.warning("payout %s failed, retrying", payout_id)
                time.sleep(attempt)

        return None
