"""Words to fill records with: a fixed vocabulary in which, as in real texts, few words are frequent and many are rare."""

import itertools
import random

FREQUENT = (
    "the", "of", "and", "to", "is", "in", "for", "a", "be", "by", "with", "or", "on", "as", "are", "pump", "document", "record",
    "review", "device", "procedure", "quality", "risk", "design", "change", "test", "approval", "supplier", "process", "product",
    "form", "training", "version", "report", "requirement", "complaint", "calibration", "seal", "sterile", "batch", "label",
)
SYLLABLES = ("ba", "cor", "di", "el", "fan", "gri", "hu", "is", "jo", "kel", "lum", "mo", "nar", "op", "pri", "qua", "ros", "sti", "tu", "ver")


class Words:
    """The same words in the same order for the same seed."""

    def __init__(self, seed: int, size: int = 4_000) -> None:
        made = ("".join(parts) for parts in itertools.product(SYLLABLES, repeat=3))
        self.known = [*FREQUENT, *itertools.islice(made, size - len(FREQUENT))]
        self._limits = list(itertools.accumulate(1 / (place + 3) for place in range(size)))
        self._random = random.Random(seed)

    def some(self, count: int) -> str:
        """So many words."""
        return " ".join(self._random.choices(self.known, cum_weights=self._limits, k=count))

    def rank(self, place: int) -> str:
        """The word at a rank of frequency, 0 the most frequent."""
        return self.known[place]
