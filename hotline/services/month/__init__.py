"""考核: the month, from what is owed in it to what is said of it.

What is counted: `owing` (which promises), `counting` (quickly), `reporting` (the three rates), `indicating` with
`cases`, `dividing`, `spending` and `ageing` (everything else), `lines` (by unit, category, area …), `comparing` (months
before), `overview` (all of it, or as it was last counted), `listing` with `picking` and `mending` (the promises behind
each figure, and who can still mend them), `listing_cases` (what is no promise), `narrowing` (of both lists).
What is kept: `freezing`, `keeping`, `sealing`, `rewinding`, `verifying` with `rescoring`, `bearing_out` and
`witnessing`. What is made of it: `ranking` by `measuring` and `schemes`, `points` with `locating` and `point_ranking`,
`board`, `briefing`, `cockpit`, `announcing`, `papers`.
"""
