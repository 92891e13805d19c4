"""What officials read for the words of a ticket; states have theirs in `hotline.domain.workflow`."""

from __future__ import annotations

from typing import Final

from hotline.models.ticket import Channel, Phase, RequestType, Source, Urgency

CHANNELS: Final = {
    Channel.WEB: "网站",
    Channel.SMS: "短信",
    Channel.PHONE: "电话",
    Channel.STAFF: "工作人员录入",
    Channel.API: "接口",
}
SOURCES: Final = {
    Source.CITIZEN: "市民",
    Source.LEADER: "领导批示",
    Source.PETITION: "信访转办",
    Source.MEDIA: "媒体监督",
    Source.OPINION: "网络舆情",
    Source.INSPECTION: "督查巡查",
}
PHASES: Final = {Phase.BEFORE: "办理前", Phase.AFTER: "办理后"}
URGENCIES: Final = {Urgency.NORMAL: "一般", Urgency.URGENT: "紧急"}
REQUEST_TYPES: Final = {
    RequestType.COMPLAINT: "投诉",
    RequestType.HELP: "求助",
    RequestType.REPORT: "举报",
    RequestType.SUGGESTION: "建议",
    RequestType.QUESTION: "咨询",
}
