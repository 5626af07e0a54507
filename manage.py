#!/usr/bin/env python
"""Django's command line for Readiness."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "readiness.settings")
    try:
        from django.core.management import execute_from_command_line  # noqa: PLC0415 - for the message
    except ImportError:
        sys.exit(
            "Django is not installed here: run script/bootstrap, then .venv/bin/python manage.py."
        )
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
