"""Fingerprints of benchmarks: what finds their text in rows, and does not hold it.

For each text: a hash of the whole without blanks, hashes of its runs of twelve words, and a sketch
of its runs of five. They are kept as numpy arrays in one compressed file, and no word can be read
back from them.
"""

import hashlib
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from curation.stages.shingles import (
    ALGORITHM,
    WIDTH,
    Numbers,
    Places,
    Sketches,
    mixed,
    runs,
    salted,
    sketches,
)

PUBLIC = Path(__file__).with_name("benchmarks.npz")
GRAM = 12  # words
SHINGLE = 5  # words
LEAST = 8  # runs a text must have for its sketch to mean anything
BANDS, ROWS = 32, 4  # finds 97.9 % of pairs at 0.58, 99.7 % at 0.65
SENTENCE = re.compile(r"^[^\n=(){}\[\];<>]{25,}$", re.MULTILINE)
WORD = re.compile(r"\w+")
SPOKEN = 6  # words of a sentence that is told apart from others
_SIEVE = np.uint64(42)  # bits shifted away: a table of four million yes or no


class NotFingerprints(ValueError):
    """The file does not hold fingerprints we can use; the message says why."""


@dataclass(frozen=True)
class Fingerprints:
    """Of one benchmark: sorted hashes, and sketches a row each."""

    name: str
    texts: int
    whole: Numbers
    grams: Numbers
    sentences: Numbers
    sketches: Sketches

    @cached_property
    def sieve(self) -> npt.NDArray[np.bool_]:
        """Whether any gram begins with these bits: most runs of a row are ruled out by it."""
        table = np.zeros(1 << (64 - int(_SIEVE)), dtype=bool)
        table[(self.grams >> _SIEVE).astype(np.int64)] = True
        return table

    @cached_property
    def bands(self) -> tuple[Numbers, Places]:
        """The band keys of all sketches, sorted, and whose each is."""
        keys = band_keys(self.sketches)
        order = np.argsort(keys.ravel(), kind="stable")
        return keys.ravel()[order], order // BANDS

    def holds(self, numbers: Numbers) -> npt.NDArray[np.bool_]:
        """Which of these runs of words are in the benchmark."""
        found = self.sieve[(numbers >> _SIEVE).astype(np.int64)]
        found[found] = np.isin(numbers[found], self.grams)
        return found


def band_keys(made: Sketches) -> Numbers:
    """What two sketches share at least one of if they are alike: BANDS numbers for each."""
    numbers = made[:, : BANDS * ROWS].astype(np.uint64).reshape(-1, BANDS, ROWS)
    keys = (numbers * (salted(ROWS) | np.uint64(1))).sum(axis=2, dtype=np.uint64)
    return mixed(keys ^ salted(BANDS))


def made_of(name: str, texts: Iterable[Sequence[str]]) -> Fingerprints:
    """Fingerprints of tasks: each the texts it consists of, such as prompt and solution.

    A task's texts count one by one and all together.
    """
    tasks = [[text for text in task if text.strip()] for task in texts]
    # a task without texts has none to find, and nothing is what many rows have on a side
    everything = [text for task in tasks if task for text in (*task, "\n".join(task))]
    words = [text.lower() for text in everything]
    five = runs(words, SHINGLE, signs=False, short=False)
    return Fingerprints(
        name,
        len(tasks),
        np.unique(np.array([whole(text) for text in everything], dtype=np.uint64)),
        np.unique(runs(words, GRAM, signs=False, short=False).numbers),
        np.unique(np.array([at for text in everything for at in sentences(text)], np.uint64)),
        np.unique(sketches(five)[five.counts() >= LEAST], axis=0),
    )


def whole(text: str) -> int:
    """A hash of a text without its blanks and in small letters."""
    bare = "".join(text.lower().split()).encode(errors="surrogatepass")
    return int.from_bytes(hashlib.sha256(bare).digest()[:8], "little")


def sentences(text: str) -> list[int]:
    """A hash of each line that is a sentence and no code: a task told in other surroundings."""
    lines = (line.casefold() for line in SENTENCE.findall(text))
    words = (WORD.findall(line) for line in lines)
    return [whole(" ".join(each)) for each in words if len(each) >= SPOKEN]


def save(found: Iterable[Fingerprints], path: Path) -> None:
    """Write them to one file; the same fingerprints make the same bytes."""
    path.write_bytes(packed(found))


def packed(found: Iterable[Fingerprints]) -> bytes:
    """What a file of them holds."""
    arrays: dict[str, Any] = {"algorithm": np.array([ALGORITHM])}
    for each in sorted(found, key=lambda each: each.name):
        arrays |= {
            f"{each.name}/texts": np.array([each.texts]),
            f"{each.name}/whole": each.whole,
            f"{each.name}/grams": each.grams,
            f"{each.name}/sentences": each.sentences,
            f"{each.name}/sketches": each.sketches,
        }
    made = BytesIO()
    np.savez_compressed(made, **arrays)
    return made.getvalue()


def load(path: Path) -> list[Fingerprints]:
    """The fingerprints in a file. Raises NotFingerprints."""
    try:
        return unpacked(path.read_bytes(), str(path))
    except OSError as error:
        raise NotFingerprints(f"{path} holds no fingerprints we can use: {error}") from error


def unpacked(data: bytes, name: str) -> list[Fingerprints]:
    """The fingerprints in what a file of them holds. Raises NotFingerprints."""
    try:
        with np.load(BytesIO(data), allow_pickle=False) as arrays:
            return _read({each: arrays[each] for each in arrays.files})
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, EOFError) as error:
        raise NotFingerprints(f"{name} holds no fingerprints we can use: {error}") from error


def _read(arrays: Mapping[str, npt.NDArray[Any]]) -> list[Fingerprints]:
    made_by = int(arrays["algorithm"][0])
    if made_by != ALGORITHM:
        raise ValueError(f"they are of algorithm {made_by}, not {ALGORITHM}; make them anew")
    names = sorted({name.rpartition("/")[0] for name in arrays if "/" in name})
    return [
        Fingerprints(
            name,
            int(arrays[f"{name}/texts"][0]),
            arrays[f"{name}/whole"].astype(np.uint64),
            arrays[f"{name}/grams"].astype(np.uint64),
            arrays[f"{name}/sentences"].astype(np.uint64),
            arrays[f"{name}/sketches"].astype(np.uint32).reshape(-1, WIDTH),
        )
        for name in names
    ]
