"""工作台: the lists of tickets. What waits for this person, what is due first, what was looked for.

`search` says what may be asked, `reading` gives a page, `counting` how many there are. Inside: `narrowing` decides
ticket by ticket, `words` reads texts, `waiting` knows whose step is next, `promises` what falls due; `probing` finds
the short way to few tickets, `ordering` walks along many.
"""

from hotline.services.desk.counting import count, countings, counts, each
from hotline.services.desk.promises import WARNED, warned_at
from hotline.services.desk.reading import ids, numbers, page, stream
from hotline.services.desk.search import (
    ANY_RISK,
    BAD_CURSOR,
    MOST,
    PAGE,
    Due,
    DueWithin,
    Line,
    Page,
    Search,
    Sort,
    View,
)
from hotline.services.desk.waiting import waits_for
from hotline.services.desk.walking import along_an_index

__all__ = [
    "ANY_RISK",
    "BAD_CURSOR",
    "MOST",
    "PAGE",
    "WARNED",
    "Due",
    "DueWithin",
    "Line",
    "Page",
    "Search",
    "Sort",
    "View",
    "along_an_index",
    "count",
    "countings",
    "counts",
    "each",
    "ids",
    "numbers",
    "page",
    "stream",
    "waits_for",
    "warned_at",
]
