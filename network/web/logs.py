"""How log lines look: time, level, what happened, and no personal data."""

import structlog

PROCESSORS = [
    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.EventRenamer("message"),
    structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "message"]),
]
