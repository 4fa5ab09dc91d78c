"""How log lines look: time, level, what happened, and no personal data."""

from __future__ import annotations

import re
from typing import Any

import structlog

EMAIL = re.compile(r"[^\s\"'<>=:;,()\[\]/?&]+(?:@|%40)[^\s\"'<>=:;,()\[\]/?&]+")
SECRET_PATH = re.compile(r"(/me/agenda/|/exchange/answer/|[?&](?:key|token|code|email)=)[^\s\"'/&.]+")


def hide_personal_data(_logger: Any, _method: str, line: str) -> str:
    """Replace e-mail addresses, and the secret part of addresses that carry one."""
    return SECRET_PATH.sub(r"\1…", EMAIL.sub("<e-mail>", line))


PROCESSORS = [
    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    structlog.processors.EventRenamer("message"),
    structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "message"]),
    hide_personal_data,
]

structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
