"""Rows of a version that are too short, too long, or that no parser reads: kept out.

The stages are those of a file (`curation.stages`), over the texts of each row's leader.
"""

from collections.abc import Callable, Sequence
from itertools import batched

import pandas as pd

from curation.models import Example
from curation.recipe import Parsing, Validity
from curation.row_texts import PAGE, texts_of
from curation.selection import Chosen
from curation.stages.parsing import readable
from curation.stages.validity import valid


def unfit(
    rows: Sequence[Chosen], size: Validity, parsing: Parsing, alive: Callable[[], None]
) -> dict[str, str]:
    """Why rows are not fit to learn from, by their leader's id. `alive` is called now and then."""
    found: dict[str, str] = {}
    for page in batched(rows, PAGE):
        sized = valid(_with_places(page), size)
        parsed = readable(sized.kept, parsing)
        found |= {each.id: each.reason for each in (*sized.dropped, *parsed.dropped)}
        alive()
    return found


def _with_places(rows: Sequence[Chosen]) -> pd.DataFrame:
    """Their texts, with language and path, which say what grammar to read them by."""
    leaders = [row.leader.example for row in rows]
    told = Example.objects.filter(pk__in=leaders).values_list("pk", "language", "file_path")
    places = {pk: (language, path) for pk, language, path in told}
    return texts_of(rows).assign(
        language=pd.Series([places[pk][0] for pk in leaders], dtype=object),
        file_path=pd.Series([places[pk][1] for pk in leaders], dtype=object),
    )
