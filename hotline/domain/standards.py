"""立案标准: for one category, when a case is opened, when it is closed, and how long that may take.

The limit hangs on the condition, not on the category: a manhole cover that is gone has two hours, one that rattles
two days (运城 case standards; GB/T 30428.8 立案、处置和结案).
"""

from __future__ import annotations

from dataclasses import dataclass

from hotline.domain.limits import Limit


@dataclass(frozen=True, slots=True)
class CaseStandard:
    """One condition of a category, numbered from 1 in the order of the city's table. Texts are the city's own.

    `spelling` is the limit as the city wrote it: `天` is read as working days, `小时` as office hours, `紧急工作日` as
    natural days (the city's own reading). `example_unit` tells who does it in that city; it assigns nothing here.
    """

    category_code: str
    number: int
    condition: str  # 立案条件
    closing: str  # 结案条件
    limit: Limit
    spelling: str
    example_unit: str
