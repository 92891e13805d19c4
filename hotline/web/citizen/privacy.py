"""隐私说明: what is asked and why, how long it is kept; every version that was ever shown stays readable."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for

from hotline.domain.errors import NotFound, say
from hotline.domain.notices import Notice
from hotline.web.citizen.blueprint import blueprint
from hotline.web.door import citizen_work, office, today
from hotline.web.languages import language


def notice() -> Notice:
    """The notice in force today; its `version` goes into the intake, its `summary(language())` onto the form."""
    return office().privacy.notices.at(today())


@blueprint.context_processor
def _in_templates() -> dict[str, Any]:
    """`notice_summary`: one paragraph for forms, in the language of the page."""
    return {"notice_summary": notice().summary(language())}


@blueprint.get("/privacy")
def privacy() -> str:
    """What is in force now."""
    return _page(notice())


@blueprint.get("/privacy/<version>")
def privacy_version(version: str) -> str:
    """A version as it was shown with a complaint. Raises NotFound."""
    found = office().privacy.notices.version(version)
    if found is None:
        raise NotFound(say("没有这个版本的隐私说明。"))
    return _page(found)


def _page(shown: Notice) -> str:
    with citizen_work() as work:
        centre, retention = work.rules.root.name, work.privacy.retention
    tongue = language()
    return render_template(
        "citizen/privacy.html",
        notice=shown,
        in_force=notice(),
        centre=centre,
        sections=shown.sections(tongue),
        periods=[(each.label(tongue), each.period.label(tongue)) for each in retention.of_citizens],
        url=url_for("citizen.privacy"),
        versions=[
            (each, url_for("citizen.privacy_version", version=each.version))
            for each in office().privacy.notices
            if each.effective <= today() or each == shown
        ],
    )
