"""The few wishes of a text, and the words they are known by."""

from __future__ import annotations

from enum import StrEnum


class Want(StrEnum):
    STOP = "stop"  # 退订
    START = "start"  # 恢复
    HELP = "help"  # 帮助
    COURTESY = "courtesy"  # 谢谢, 好的: nothing to be done
    PROGRESS = "progress"  # 进度, or nothing but a number
    URGE = "urge"  # 催办
    WITHDRAW = "withdraw"  # 撤回
    VERDICT = "verdict"  # 解决5, 未解决 2, a digit
    NEW = "new"  # 新投诉 …
    WORDS = "words"  # anything else
    NOTHING = "nothing"  # an empty text


#: Clauses that say this and nothing more, as `hotline.domain.folding` writes them: the blanks of English are left out.
#: English words as carriers and people know them.
WORDS = {
    Want.STOP: """
        退订 退定 td t 回复td 回td 回复退订 回退订 td退订 退订td 回td退订 回t退订 退订短信 短信退订 取消订阅
        取消短信 取消短信通知 不再接收 不再接收短信 不接收短信 不要短信 拒收 拒收短信 不要再发短信 不要再发
        不要发短信 不要发 别再发短信 别再发 别发短信 别发 不要再发信息 别再发信息 别发信息 停止发短信
        停止发送 停止发送短信 不要再给我发短信 别再给我发短信 别给我发短信 stop stopall unsubscribe cancel
        end quit revoke optout stoptexting stoptextingme stopsendingtexts stopsendingmetexts donttextme
        donottextme dontsendmetexts nomoretexts removeme
    """,
    Want.START: """
        恢复 恢复接收 恢复短信 恢复发送 恢复发短信 取消退订 重新接收 重新订阅 继续接收 start unstop
    """,
    Want.HELP: """
        帮助 怎么用 怎么投诉 怎么反映 如何投诉 如何反映 怎么办 你是谁 你们是谁 你是哪里 你们是哪里 哪里 哪位
        谁 这是什么 这是什么短信 人工 转人工 人工服务 人工客服 客服 电话 电话多少 电话号码多少 在吗 在不在
        有人吗 喂 你好 您好 help info hi hello hey whoareyou whoisthis howtouse areyouthere 110 119 120 122
        112 911 999 12319 12345
    """,
    Want.COURTESY: """
        谢谢 谢谢您 谢谢你 谢谢你们 谢谢大家 谢谢师傅 感谢 非常感谢 太感谢 多谢 谢了 辛苦 辛苦了 谢谢辛苦了
        你们辛苦了 师傅辛苦了 好 好的 好的谢谢 好吧 好滴 收到 收到谢谢 知道了 明白 明白了 嗯 嗯嗯 哦 噢 行
        可以 没事了 是 是的 对 对的 没有 没 不 不是 否 ok okay okthanks yes no y n thanks thankyou
        thankyouverymuch thx
    """,
    Want.PROGRESS: """
        进度 查询 查询进度 查进度 查 查询投诉 查投诉 查询诉求 查询工单 办理进度 办理情况 办理结果 处理进度
        处理情况 处理结果 投诉进度 投诉情况 投诉结果 进度如何 进度怎么样 进度怎样 进展 进展如何 进展怎么样
        有进展吗 有什么进展 有消息吗 有结果吗 结果呢 结果如何 结果怎么样 到哪了 到哪一步了 怎么样了
        投诉怎么样了 诉求怎么样了 投诉处理怎么样了 处理怎么样了 处理得怎么样了 处理了吗 办了吗 受理了吗
        解决了吗 解决没有 解决了没有 解决了没 修好了吗 修好没有 修好了没有 修好了没 处理好了吗 什么时候修
        什么时候修好 什么时候能修好 什么时候处理 什么时候能处理 什么时候解决 什么时候能解决 什么时候来
        什么时候来修 多久能修好 多久能处理 多久能解决 何时解决 何时处理 何时修好 编号 编号多少 编号是多少
        工单号 工单号多少 单号 单号多少 查询码 查询码多少 查询码是多少 状态 cx jd status progress check
        checkstatus checkprogress update updates anyupdate anyupdates anynews whatisthestatus whatsthestatus
        whatismystatus mycomplaint statusofmycomplaint whereismycomplaint whatishappening whatismynumber
        mynumber
    """,
    Want.URGE: """
        催办 催一下 催 催促 催单 请尽快办理 尽快办理 尽快处理 请尽快处理 尽快解决 尽快修 尽快修好 尽快维修
        快点处理 快点解决 快点修 快点 快一点 抓紧 抓紧处理 抓紧办理 赶紧处理 赶紧修 赶快处理 怎么还不修
        怎么还没修 怎么还没修好 怎么还不处理 怎么还没处理 怎么还没解决 怎么还没人来 怎么还没人修
        怎么还没人处理 怎么还不来 怎么还没来 为什么还不处理 为什么还没修好 为什么还没处理 没人管吗 有人管吗
        有没有人管 什么时候才能修好 什么时候才能解决 urge hurry hurryup speedup
    """,
    Want.WITHDRAW: """
        撤回 撤诉 撤单 撤销 撤回诉求 撤销诉求 撤回投诉 撤销投诉 撤回工单 撤销工单 取消投诉 取消诉求 取消工单
        不投诉了 withdraw withdrawcomplaint withdrawmycomplaint cancelcomplaint cancelmycomplaint
    """,
}
#: 撤回 is grave: whoever says only this is asked whether he means it.
PERHAPS_WITHDRAW = """
    取消 退 算了 不用了 不必了 不需要了 不用修了 不用处理了 不用管了 不用来了 不用麻烦了 别来了 不管了
    nevermind forgetit
"""
#: Beside our question whether it is solved, these may be a yes, or only "I have read it": asked again.
PERHAPS_YES = """
    好 好的 嗯 嗯嗯 行 可以 ok okay
"""
