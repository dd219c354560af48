"""Records as clients send them."""

from uuid import uuid4


def generation(**fields):
    return {"type": "generation", "id": f"g-{uuid4()}", "output": "x = 1\n"} | fields


def correction(about, **fields):
    made = {"type": "correction", "id": f"c-{uuid4()}", "generation": about["id"]}
    return made | {"corrected": "x = 2\n"} | fields


def reaction(about, kind, **fields):
    made = {"type": "reaction", "id": f"r-{uuid4()}", "generation": about["id"]}
    return made | {"kind": kind} | fields
