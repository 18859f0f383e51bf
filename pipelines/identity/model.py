"""A trained model: everything that scoring needs, as one JSON document that can be kept as a numbered version."""

import json
import math
from collections.abc import Mapping, Set
from dataclasses import asdict, dataclass, replace

from pipelines.errors import ConcordError
from pipelines.identity.blocking import LARGEST_BLOCK, RULES
from pipelines.identity.comparisons import COMPARISONS
from pipelines.identity.rarity import FIELDS, Rarity

FORMAT = 2
MATCH_WEIGHT = math.log2(0.78 / 0.22)
"""From this match weight on (log2 of the odds; probability 0.78) two records are the same unless more is known."""
REVIEW_WEIGHT = math.log2(0.1 / 0.9)
"""From this match weight on (probability 0.1) a person should look."""


@dataclass(frozen=True)
class Model:
    """What matching has learned from a set of records.

    ``prior``: the probability that two random records match. ``weights``: for every comparison that the set allows the m and
    u of its levels, best first. ``largest_blocks``: for every blocking rule the largest block. ``is_trained``: False when there
    was too little to learn from, and m is the shipped one. ``records`` and ``seed``: what it was trained on, and with.
    ``rarity``: how rare words and names are; without it every word is as rare as the next.
    """

    prior: float
    weights: dict[str, list[tuple[float, float]]]
    largest_blocks: dict[str, int]
    is_trained: bool
    records: int
    seed: int
    match_weight: float = MATCH_WEIGHT
    review_weight: float = REVIEW_WEIGHT
    rarity: Rarity | None = None

    def to_json(self) -> str:
        """Return the model as a JSON document; the same model gives the same text."""
        content = asdict(replace(self, rarity=None))
        content["rarity"] = self.rarity.packed() if self.rarity else None
        return _written({"format": FORMAT, **content})

    @classmethod
    def from_json(cls, text: str) -> "Model":
        """Read what `to_json` wrote. Raises ConcordError when it is no model, or one with other comparisons or rules."""
        try:
            content = json.loads(text)
            known = content.pop("format") == FORMAT
            weights = {
                name: [(float(m), float(u)) for m, u in levels] for name, levels in content.pop("weights").items()
            }
            rarity = content.pop("rarity", None)
            model = cls(weights=weights, rarity=Rarity.unpacked(rarity) if rarity else None, **content)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ConcordError("This is not a matching model.", hint="Train one anew.") from error
        levels = {comparison.name: len(comparison.levels) for comparison in COMPARISONS}
        fits = all(levels.get(name) == len(pairs) for name, pairs in weights.items())
        rules = {rule.name for rule in RULES}
        if not known or not fits or not set(model.largest_blocks) <= rules:
            raise ConcordError("The matching model was made by another version of Concord.", hint="Train one anew.")
        # A rule that came since makes no keys of what the model was trained on.
        return replace(model, largest_blocks=dict.fromkeys(rules, LARGEST_BLOCK) | model.largest_blocks)


def without_rare_words(text: str, kept: Mapping[str, Set[str]]) -> str:
    """Return the model ``text`` (`Model.to_json`) with none but the ``kept`` words, by field, in what it says of their rarity.

    A model of another format keeps no words at all.
    """
    try:
        content = json.loads(text)
        rarity = content.get("rarity")
    except (ValueError, AttributeError):
        return ""
    if not rarity:
        return text
    try:
        told = Rarity.unpacked(rarity)
    except (ValueError, KeyError, TypeError):
        content["rarity"] = None
    else:
        counts = {
            field: {word: count for word, count in told.counts[field].items() if word in kept.get(field, ())}
            for field in FIELDS
        }
        content["rarity"] = replace(told, counts=counts).packed()
    return _written(content)


def _written(content: Mapping[str, object]) -> str:
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False)
