#!/usr/bin/env python
"""Run Django's management commands for Plenum."""

import argparse
import os
import sys


def main() -> None:
    """Run the command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if sys.argv[1:2] == ["demo"]:
        # Settings read these when they are imported; the command itself comes too late, and starting it again costs seconds.
        options = argparse.ArgumentParser(add_help=False)
        options.add_argument("--port")
        os.environ.setdefault("PLENUM_DEMO", "1")
        if port := options.parse_known_args()[0].port:
            os.environ.setdefault("PLENUM_BASE_URL", f"http://127.0.0.1:{port}")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
