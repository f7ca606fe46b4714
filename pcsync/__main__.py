"""`python -m pcsync`."""

import sys

from pcsync.cli.main import run

sys.exit(run())
