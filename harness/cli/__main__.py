"""`python -m harness.cli` is `bakeoff`."""

from harness.cli.app import main

main()
