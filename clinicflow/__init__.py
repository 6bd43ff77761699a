import sys

if sys.version_info < (3, 11):  # noqa: UP036 - a clear message for older versions
    sys.exit(f"ClinicFlow needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
