"""月报上纸: a month as a workbook (月报表) and as a circular (通报), written behind a page.

`asking` keeps what was asked for (`writing_files`); `material` reads the month once for both; `book` and its sheets
are the workbook; `telling` says the circular in words by the city's sentences (`pen`), part by part (`overall`,
`of_units`, `lateness`), `letter` and `charts` put it on paper.
"""
