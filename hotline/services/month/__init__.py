"""考核: the month, from what is owed in it to what is said of it.

What is counted: `owing` (which promises), `counting` (quickly), `reporting` (the three rates), `indicating` with
`cases`, `dividing`, `spending` and `ageing` (everything else), `comparing` (months before), `listing` with `picking`
and `mending` (the promises behind each figure, and who can still mend them). What is kept: `freezing`, `sealing`,
`rewinding`, `verifying`. What is made of it: `ranking` by `measuring` and `schemes`, `points`, `board`, `briefing`,
`cockpit`, `announcing`, `papers`.
"""
