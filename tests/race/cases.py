"""Shared by the race tests: many operations that start at one moment."""

import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import connection, transaction

from clinicflow.core.errors import DomainError
from clinicflow.db import tenant


def in_threads(*works):
    """Start all at one moment; their results, or the domain errors that they ended with."""
    gate = threading.Barrier(len(works))

    def run(work):
        gate.wait()
        try:
            return work()
        except DomainError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def inside(actor, work):
    """The work in a transaction of the actor's clinic, as a request would do it."""

    def run():
        with transaction.atomic(), tenant(actor.scope()):
            return work(actor)

    return run
