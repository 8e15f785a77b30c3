"""Tells people of a run, over whatever service they read: Apprise knows e-mail, Slack, Teams, webhooks and more."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

from auditor.config import NotifySettings, When
from auditor.delivery.apart import apart
from auditor.delivery.message import Message, message
from auditor.delivery.news import News
from auditor.delivery.sending import Letter
from auditor.errors import ConfigurationError
from auditor.model import Verdict
from auditor.secrets import Secret, resolve

_PIECE = re.compile(r"[^/:@?&=,;#\s]{3,}")


def wanted(route: NotifySettings, news: News) -> bool:
    """Whether *route* is to be told of this run."""
    if route.when is When.ALWAYS:
        return True
    if route.when is When.CHANGE:
        return news.first or news.changed(route.least)
    return news.worth(route.least)


def tell(route: NotifySettings, news: News, place: Path, copy: str = "") -> str:
    """Tell *route* of the run in *place*. Returns why that failed, without any secret; empty if it went well.

    *copy* says where else the run lies.
    """
    text = message(news, place, route.least, copy)
    attachment = str((place / "summary.pdf").absolute()) if route.attach else ""
    return _send(route, text, well=news.run.verdict is Verdict.CLEAN, attachment=attachment)


def tell_plainly(route: NotifySettings, text: Message) -> str:
    """Tell *route* that something is wrong, without any run. Returns why that failed, without any secret."""
    return _send(route, text, well=False, attachment="")


def _send(route: NotifySettings, text: Message, *, well: bool, attachment: str) -> str:
    try:
        url = resolve(route.url).reveal()
    except ConfigurationError as error:
        return error.message
    letter = Letter(url=url, title=text.title, body=text.body, well=well, attachment=attachment)
    return apart("auditor.delivery.sending", letter, route.time_limit, _pieces(url))


def _pieces(url: str) -> list[Secret]:
    """All of *url* that could be a secret: which part of it is one, each service decides for itself."""
    found = {piece for text in (url, unquote(url)) for piece in (text, *_PIECE.findall(text))}
    return [Secret(piece) for piece in found]
