import os
from random import Random
from tests.integration.test_chain_properties import _begin, _leave_alone_what_was_before, _hold_all, PHONES, HOURS
from tests.integration.chain_invariants import Past
from tests.integration.chain_moves import Hands
def test_scratch(city):
    from collections import Counter
    a,b = map(int, os.environ["SEEDS"].split("-"))
    c = Counter(); bad = 0
    for seed in range(a,b):
        random, past, told = Random(seed), Past(), []
        _leave_alone_what_was_before(city)
        numbers = [_begin(city, random, p) for p in PHONES]
        hands = Hands(city, random, numbers)
        try:
            for _ in range(int(os.environ.get("N","60"))):
                city.turn(hours=random.choice(HOURS))
                told.append(hands.move())
                if not told[-1].startswith("!"):
                    _hold_all(city, numbers, past, told)
        except Exception as e:
            import traceback
            bad += 1
            print("SEED", seed, type(e).__name__, str(e)[:1500])
            if not isinstance(e, AssertionError): traceback.print_exc(limit=-6)
        c.update(t.split(":")[0] if not t.startswith("!") else "!" + t.rsplit(":")[-1] for t in told)
    print(c.most_common())
    assert not bad
