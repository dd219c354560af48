import base64
import hmac
import json


def _sign(payload: bytes, key: bytes) -> str:
    return hmac.new(key, payload, "sha256").hexdigest()


def dump(session: dict, key: bytes) -> str:
    """The session as a signed cookie value."""
    payload = base64.urlsafe_b64encode(json.dumps(session).encode())
    return f"{payload.decode()}.{_sign(payload, key)}"


def load(text: str, key: bytes) -> dict:
    """The session in a cookie value; an empty one when its signature is wrong."""
    payload, _, signature = text.rpartition(".")
    if hmac.compare_digest(_sign(payload.encode(), key), signature):
        return json.loads(base64.urlsafe_b64decode(payload))
    return {}
