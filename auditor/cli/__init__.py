"""The command line: the only place that prints and exits."""


def main() -> None:
    """Run the ``auditor`` command. Text that the terminal cannot show is escaped: it must not end the program."""
    import sys

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    from auditor.cli.app import app

    app()
