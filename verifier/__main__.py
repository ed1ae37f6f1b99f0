"""The command line. Exit code 0: everything agrees; 1: something does not; 2: this is no export."""

import argparse
import sys
from pathlib import Path

from .check import check
from .container import Unusable


def main(arguments: list[str] | None = None) -> int:
    """Check one export and print what was found."""
    parser = argparse.ArgumentParser(prog="verifier", description="Check an export of Medithread.")
    parser.add_argument("bundle", type=Path, help="the export, a ZIP file")
    parser.add_argument("--checkpoint", type=Path, help="a checkpoint kept elsewhere (mailed, printed): the export must contain what it states")
    parser.add_argument("--key", help="the checkpoint key as you know it from elsewhere: name+id+base64")
    options = parser.parse_args(arguments)
    try:
        report = check(options.bundle, checkpoint=options.checkpoint.read_text() if options.checkpoint else None, key=options.key)
    except Unusable as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"{error.filename}: {error.strerror}\n")
        return 2
    sys.stdout.write("\n".join(report.lines()) + "\n")
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
