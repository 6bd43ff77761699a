import sys

if sys.version_info < (3, 11):  # noqa: UP036 - the one place that says so, in words, to whoever starts it with less
    sys.exit(f"ClinicFlow needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
