"""The jobs, by the names of their bells. Each is one call: work until nothing of this kind is left."""

from __future__ import annotations

from workers import batches, briefs, counts, exports, folder, lessons, months, outside, papers, rules
from workers.shift import work_through


def deliver() -> None:
    """短信: send what is due."""
    work_through("deliver", batches.deliver)


def sweep() -> None:
    """督办: take the levels that promises have reached."""
    work_through("sweep", batches.sweep)


def resume() -> None:
    """挂账: paused tickets whose day has come go on."""
    work_through("resume", batches.resume)


def survey() -> None:
    """回访: ask what is due to be asked."""
    work_through("survey", batches.survey)


def erase() -> None:
    """到期删除: persons whose time is over."""
    work_through("erase", batches.erase)


def clear() -> None:
    """照片清理: photos of forms that were never sent."""
    work_through("clear", batches.clear)


def collect() -> None:
    """收取: transcripts that lie in the folder."""
    work_through("collect", folder.collect)


def hang_up() -> None:
    """语音接听: calls of which nothing more was heard become drafts."""
    work_through("hang_up", batches.hang_up)


def heat() -> None:
    """热点: count what grows this week."""
    work_through("heat", batches.heat)


def enter() -> None:
    """检索: enter the words of tickets that nobody has searched for yet."""
    work_through("enter", batches.enter)


def fetch() -> None:
    """彩信: get the pictures that lie at the carrier."""
    work_through("fetch", batches.fetch)


def learn() -> None:
    """学习: hold the night's lesson."""
    work_through("learn", lessons.begin)


def export() -> None:
    """导出: long lists that somebody has asked for."""
    work_through("export", exports.begin)


def brief() -> None:
    """简报: the morning's, for those who have none yet."""
    work_through("brief", briefs.make)


def paper() -> None:
    """月报上纸: workbooks and circulars that somebody has asked for."""
    work_through("paper", papers.begin)


def tell() -> None:
    """对外通知: other systems of what has happened."""
    work_through("tell", outside.begin)


def recount() -> None:
    """重新推算: what is open, by a new calendar."""
    work_through("recount", rules.recount)


def foresee() -> None:
    """测算: a month under the draft of a policy."""
    work_through("foresee", rules.foresee)


def freeze() -> None:
    """冻结: months that are over and whose day has come."""
    work_through("freeze", months.begin)


def count() -> None:
    """统计: months that are too large to be counted while their readers wait."""
    work_through("count", counts.begin)
