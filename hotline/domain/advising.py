"""Which categories a text probably belongs to: by the words of the standard, and by what the city has decided before.

The words (`guessing`) know every category from the first day; what was learned (`learned`) knows those of which there
are enough examples, and better. Their shares are mixed, and how much the learned one counts was found out when it was
trained. What it takes for "something else" goes to the categories that it has not learned, as the words have them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hotline.domain.guessing import Guesser
from hotline.domain.learned import REST, Learned

MOST = 3
LEAST_SHARE = 0.04  # what is less likely is not worth a line
OF_BEST = 0.08
SHORTEST_PLACE = 4  # characters; a shorter one may be a word of the matter


@dataclass(frozen=True, slots=True)
class Advice:
    """A category by its id, how likely it is (0 to 1), the words that tell so, and the words that were learned.

    `tickets`: how many of the category it was learned from.
    """

    category_id: int
    share: float
    words: tuple[str, ...]
    learned: tuple[str, ...] = ()
    tickets: int = 0


class Advisor:
    """Made ready once for the rules that stand; a text then takes a few milliseconds."""

    def __init__(self, guesser: Guesser, learned: Learned | None = None) -> None:
        self._guesser, self._learned = guesser, learned

    def advise(self, text: str, most: int = MOST, place: str = "") -> list[Advice]:
        """The likeliest first; none where nothing in the text speaks for any.

        What its place is called is no word of the matter: 路灯 in front of 人民公园 are no matter of the park.
        """
        text = text.replace(place, "，") if len(place) >= SHORTEST_PLACE else text
        look = self._guesser.look(text)
        said = look.shares()
        if self._learned is None:
            return [Advice(each.subject.id, said[str(each.subject.id)], each.words) for each in look.guesses(most)]
        heard = self._learned.hear(text)
        shares = mix(heard.shares(), said, self._learned.say)
        enough = max(LEAST_SHARE, OF_BEST * max(shares.values(), default=0.0))
        words = {str(each.subject.id): each.words for each in look.guesses(len(said)) if each.words}
        advised: list[Advice] = []
        for label in sorted(shares, key=lambda label: (-shares[label], int(label))):
            if len(advised) == most or shares[label] < enough:
                break
            tickets = self._learned.tickets.get(label, 0)
            spoke = heard.words(label) if tickets else ()
            if spoke or label in words:
                advised.append(Advice(int(label), shares[label], words.get(label, ()), spoke, tickets))
        return advised


def mix(learned: Mapping[str, float], said: Mapping[str, float], say: float) -> dict[str, float]:
    """The shares of both together; `say`, 0 to 1, is the learned one's part, and it has what the words leave open."""
    say += (1 - say) * max(0.0, 1 - sum(said.values()))
    mixed = {label: say * share for label, share in learned.items() if label != REST}
    heard = (1 - say) / sum(said.values()) if any(said.values()) else 0.0
    for label, share in said.items():
        mixed[label] = mixed.get(label, 0.0) + heard * share
    unlearned = {label: share for label, share in said.items() if label not in learned}
    if whole := sum(unlearned.values()):
        for label, share in unlearned.items():
            mixed[label] += say * learned.get(REST, 0.0) * share / whole
    return mixed
