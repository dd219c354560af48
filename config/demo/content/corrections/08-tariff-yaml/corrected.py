from pathlib import Path

import yaml


def load_tariffs(path: Path) -> dict:
    """A partner's tariffs by their code."""
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {tariff["code"]: tariff for tariff in document["tariffs"]}
