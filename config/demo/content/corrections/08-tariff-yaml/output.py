from pathlib import Path

import yaml


def load_tariffs(path: Path) -> dict:
    """A partner's tariffs by their code."""
    document = yaml.load(open(path), Loader=yaml.Loader)
    return {tariff["code"]: tariff for tariff in document["tariffs"]}
