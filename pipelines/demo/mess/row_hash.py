"""A number for each row that depends on its key alone: the same in whatever frame, order or call the row appears."""

import numpy as np
import numpy.typing as npt
import polars as pl

Numbers = npt.NDArray[np.uint64]

_MIX = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_WORD = 8


def scrambled(numbers: Numbers) -> Numbers:
    """Spread ``numbers`` evenly over 64 bits, one to one (the finaliser of SplitMix64: Steele, Lea, Flood 2014)."""
    result = numbers ^ (numbers >> np.uint64(30))
    result *= _FIRST
    result ^= result >> np.uint64(27)
    result *= _SECOND
    result ^= result >> np.uint64(31)
    return result


def key_numbers(frame: pl.DataFrame, columns: tuple[str, ...], start: int) -> Numbers:
    """One number a row from whole-number or text ``columns`` and ``start``; null counts as -1 or the empty text."""
    numbers = np.full(frame.height, start, dtype=np.uint64)
    for column in columns:
        _fold(numbers, frame[column])
    return numbers


def uniform(numbers: Numbers) -> npt.NDArray[np.float64]:
    """Scrambled ``numbers`` as numbers in [0, 1)."""
    return (numbers >> np.uint64(11)).astype(np.float64) * 2.0**-53


def drawn(numbers: Numbers, purpose: int, below: int) -> npt.NDArray[np.int64]:
    """A whole number from 0 to ``below`` - 1 for each row; another ``purpose`` gives unrelated ones."""
    again = scrambled(numbers + np.uint64(purpose * int(_MIX) % 2**64))
    return (again % np.uint64(below)).astype(np.int64)


def _fold(numbers: Numbers, values: pl.Series) -> None:
    if values.dtype.is_integer() or values.dtype == pl.Null:
        _stir(numbers, values.cast(pl.Int64).fill_null(-1).to_numpy().view(np.uint64))
        return
    for place, words in _words(values):
        for word in range(words.shape[1]):
            if place is None:
                _stir(numbers, words[:, word])
            else:
                some = numbers[place]
                _stir(some, words[:, word])
                numbers[place] = some


def _stir(numbers: Numbers, words: Numbers) -> None:
    numbers ^= words
    numbers *= _MIX
    numbers ^= numbers >> np.uint64(29)


def _words(values: pl.Series) -> list[tuple[npt.NDArray[np.int64] | None, Numbers]]:
    """The bytes of texts as words of eight, for the rows of each length (None: all rows)."""
    texts = values.cast(pl.String).fill_null("").rechunk()
    lengths = texts.str.len_bytes().to_numpy()
    joined = np.frombuffer(texts.str.join("").item().encode() if texts.len() else b"", dtype=np.uint8)
    found = np.unique(lengths)
    if len(found) == 1:
        return [(None, _padded(joined.reshape(texts.len(), int(found[0]))))]
    starts = np.cumsum(lengths, dtype=np.int64) - lengths
    places = [(np.flatnonzero(lengths == length), int(length)) for length in found]
    return [(place, _padded(joined[starts[place][:, None] + np.arange(length)])) for place, length in places]


def _padded(letters: npt.NDArray[np.uint8]) -> Numbers:
    rows, length = letters.shape
    whole = np.zeros((rows, max(1, -(-length // _WORD)) * _WORD), dtype=np.uint8)
    whole[:, :length] = letters
    return whole.view("<u8")
