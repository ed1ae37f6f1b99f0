"""`python -m medithread` is the same as `medithread`."""

from .cli import main

main()
