"""The log of every process, on its standard output: from which level on it tells (`HOTLINE_LOG_LEVEL`)."""

from __future__ import annotations

import logging

import structlog

from config.settings import Settings


def keep_to_level(settings: Settings) -> None:
    """What is below the level of the settings is not told by this process from now on."""
    level = logging.getLevelNamesMapping()[settings.log_level]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(level))
