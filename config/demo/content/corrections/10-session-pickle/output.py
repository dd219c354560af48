import base64
import hmac
import pickle


def _sign(payload: bytes, key: bytes) -> str:
    return hmac.new(key, payload, "sha256").hexdigest()


def dump(session: dict, key: bytes) -> str:
    """The session as a signed cookie value."""
    payload = base64.urlsafe_b64encode(pickle.dumps(session))
    return f"{payload.decode()}.{_sign(payload, key)}"


def load(text: str, key: bytes) -> dict:
    payload, _, signature = text.rpartition(".")
    if _sign(payload.encode(), key) == signature:
        return pickle.loads(base64.urlsafe_b64decode(payload))
    return {}
