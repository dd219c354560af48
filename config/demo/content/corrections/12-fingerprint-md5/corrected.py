import hashlib
import json


def cache_key(report, filters):
    """The name under which a report with these filters is cached."""
    canonical = json.dumps({"report": report.name, "filters": filters}, sort_keys=True)
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    return f"{report.name}-{digest[:16]}"
