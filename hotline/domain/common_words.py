"""What everybody says, whatever the matter is: no two complaints are alike by these words.

Written down by hand from how complaints are begun, urged and signed; the pairs of characters in them are told from the
telling ones. Words that people use for one another are read as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

#: Cut out of a text before it is looked at: what stands between the words that tell.
EMPTY = re.compile(
    r"[\W_\d]++|(?<![一-鿿])口|尊敬的|领导|书记|市长|您好|你好|我们?|你们?|他们?|这边|那边|这里|那里|这个|那个|反[映应]|投诉|举报|问题|情况|"
    "希望|请[问求]?|谢谢|有关|相关|部门|政府|处理|解决|尽快|一直|已经|现在|目前|今天|昨天|晚上|[每天]天|多次|附近|周边|周围|门口|旁边|对面|"
    "路口|[号栋幢座]楼|楼[栋道]|单元|市民|居民|业主|百姓|小区|社区|街道|严重|极度|非常|特别|影响|生活|正常|休息|健康|身体|老人|小孩|孩子|家里|环境|污染|扰民|"
    "关于|咨询|建议|本人|由于|因为|所以|但是|如果|没有|不能|可以|能否|是否|是不是|进行|时候|为?什么|怎么|[a-z]?[市县区]|"
    "[的了是在有和与就都也还很把被让给着过吗呢吧啊]"
)

_WORDS = """
一个 一些 一下 一家 一名 一次 一样 一期 二期 三期 第一 第二 第三 两个 几个 几次 多少 不少 不断 多年 多月 个月 年前
年来 月份 至今 以来 左右 上下 去年 今年 明年 上月 本月 最近 近期 近日 前天 上午 中午 下午 早上 白天 夜间 夜里 半夜
深夜 凌晨 时间 长期 经常 同时 之前 之后 之间 开始 继续 再次 何时 公司 集团 企业 物业 开发商 单位 工作 人员 工作人员
员工 老板 领导 主任 局长 先生 女士 政府 市委 市政府 街道办 办事处 居委会 派出所 公安 教育 环保局 住建局 房管局 工商局
城管 交警 管理 管理局 执法 监管 监督 督促 协调 落实 调查 核实 回复 答复 回应 说明 表示 承诺 告知 通知 电话 打电话 联系
沟通 反馈 推诿 推脱 大家 自己 他人 别人 人家 有人 无人 没人 群众 人民 老百姓 全体 住户 用户 家庭 学生 学校 幼儿园 小学
中学 国家 城市 城区 社会 经济 发展 政策 法律 法规 规定 制度 文件 要求 需要 应该 应当 必须 允许 通过 使用 直接 以及
或者 而且 不仅 所有 部分 很多 许多 大量 根本 完全 任何 其他 其它 不同 各种 存在 导致 造成 引起 产生 出现 发生 发现
得到 看到 听到 知道 不知道 认为 觉得 以为 作为 成为 属于 位于 地处 地方 区域 地区 方面 方便 不便 出行 行人 建设 规划
设置 设施 设计 项目 工程 房屋 房子 住宅 楼盘 楼栋 单元 商业 业务 服务 营业 经营 合法 违法 违规 非法 合理 不合理 合同
协议 签订 安全 隐患 安排 组织 开展 实施 执行 提供 提出 考虑 增加 减少 加快 保障 保证 维护 权益 利益 损失 费用 收费
价格 万元 事情 事实 原因 结果 理由 如下 特此 敬礼 此致 盼望 恳请 敬请 期待 强烈 尽早 早日 及时 立即 马上 无法 不作为
不管 不顾 不堪 苦不堪言 刻不容缓 忍无可忍 怎样 如何 真的 实在 根据 按照 针对 为了 方式 市中心 中心 旁 里面 外面 楼上
楼下 前面 后面 当中 其中 多个 各位 感谢 辛苦 打扰 百忙 忙之中 您们 予以 给予 事宜 疑问 看法 意见 一点 小时 每晚 每次
住在 家住 正在 整个 全部 都是 还是 不是 就是 只有 只是 不要 不会 不到 不了 不好 不行 说是 好多 太多 这么 那么 这样
那样 到底 究竟 居然 竟然 依然 仍然
"""

#: Pairs of characters that tell nothing.
COMMON = frozenset(word[index : index + 2] for word in _WORDS.split() for index in range(max(1, len(word) - 1)))

#: What is called by many names; each stands for the one it leads to.
_ONE_WORD: Mapping[str, str] = {
    "噪声": "噪音", "嘈杂": "噪音", "吵闹": "噪音", "轰鸣": "噪音", "太吵": "噪音", "吵得": "噪音", "很吵": "噪音",
    "灰尘": "扬尘", "粉尘": "扬尘", "尘土": "扬尘", "烟尘": "扬尘",
    "恶臭": "臭味", "异味": "臭味", "臭气": "臭味", "断水": "停水", "没水": "停水", "断电": "停电", "没电": "停电",
    "违章建筑": "违建", "违法建筑": "违建", "绑定": "捆绑", "搅拌厂": "搅拌站",
    "产权证": "房产证", "不动产证": "房产证",
    "饭店": "餐饮", "餐馆": "餐饮", "夜宵": "餐饮", "宵夜": "餐饮", "烧烤": "餐饮",
}  # fmt: skip
_MANY = re.compile("|".join(sorted(_ONE_WORD, key=len, reverse=True)))


def synonyms(text: str) -> Iterator[tuple[re.Match[str], str]]:
    """Where the text calls a thing by one of several names, and the word that it is read as."""
    return ((match, _ONE_WORD[match[0]]) for match in _MANY.finditer(text))


def in_one_word(text: str) -> str:
    """The text with one word for each thing that has several."""
    return _MANY.sub(lambda match: _ONE_WORD[match[0]], text)
