from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass
class AccessToken:
    subject: str
    expires_at: datetime
    revoked: bool = False

    def is_live(self):
        """Not revoked, and not past its expiry."""
        return not self.revoked and datetime.now(UTC) < self.expires_at
