"""Django's command line for developers (`medithread` is the one for everybody else)."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "medithread.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
