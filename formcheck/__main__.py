"""``python -m formcheck``."""

from formcheck.cli.main import main

main(prog_name="formcheck")
