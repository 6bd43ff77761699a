"""`make run`'s supervisor, in real processes: it starts, keeps the data, says what is wrong, and leaves nothing."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from unittest import TestCase

import psutil
import psycopg

from clinicflow import embedded

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60


class Runs(TestCase):
    """Each class has a data directory, so that the database is made once; each test has a port of its own."""

    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory(prefix="clinicflow-run-")
        cls.addClassCleanup(directory.cleanup)
        Path(directory.name).chmod(0o755)
        cls.data_dir = Path(directory.name) / "data"

    def setUp(self):
        self.port = free_port()

    def environment(self, **changes):
        """As on a machine where nothing is set, but for the changes."""
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
        return kept | {"DATA_DIR": str(self.data_dir), "PORT": str(self.port), "DEMO": "false"} | changes

    def refuse(self, **changes):
        """Run what cannot start; its one line, after checking that it is one and that nothing was left running."""
        done = subprocess.run(
            [sys.executable, "-m", "clinicflow.run"],
            cwd=ROOT,
            env=self.environment(**changes),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertRegex(done.stderr, r"^clinicflow: [^\n]+\n$")
        self.assertEqual(processes_on(self.data_dir), [])
        return done.stderr

    @contextmanager
    def running(self) -> Iterator["Run"]:
        run = Run(self, self.environment())
        try:
            yield run
        finally:
            run.kill()


class Run:
    """A started `python -m clinicflow.run`, its output read as it comes."""

    def __init__(self, case, environment):
        self.case = case
        self.process = subprocess.Popen(
            [sys.executable, "-m", "clinicflow.run", "--end-with-parent"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.said = []

    def wait_until_ready(self):
        for line in self.process.stdout:
            self.said.append(line)
            if found := re.search(r"ready after [0-9.]+ s: http://localhost:(\d+)", line):
                self.case.assertEqual(int(found[1]), self.case.port)
                return
        raise AssertionError("it ended before it was ready:\n" + "".join(self.said))

    def child(self, name):
        """The process that the supervisor calls by this name."""
        return next(child for child in psutil.Process(self.process.pid).children() if child.name() == name[:15])

    def family(self):
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self, sign):
        family = self.family()
        self.case.assertGreaterEqual(len(family), 5)  # web, worker, beat, PostgreSQL, Valkey
        self.process.send_signal(sign)
        return self.ended(family)

    def ended(self, family):
        """The exit code, after checking that every process of the family is gone."""
        output, _ = self.process.communicate(timeout=PATIENCE)
        self.said.append(output)
        self.case.assertEqual(alive(family), [])
        return self.process.returncode

    def kill(self):
        with suppress(psutil.NoSuchProcess):
            family = self.family()
            self.process.kill()
            for process in family:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
        self.process.stdout.close()
        self.process.wait()


class ALife(Runs):
    def test_it_starts_answers_ends_and_keeps_its_data(self):
        with self.running() as run:
            run.wait_until_ready()
            self.assertLess(status_of(self.port, "/"), 500)
            self.write_a_row()
            self.assertIn("already runs on", self.refuse_while_running())
            self.assertEqual(run.end(signal.SIGTERM), 0)
        with self.running() as run:
            run.wait_until_ready()
            self.assertEqual(self.read_the_row(), "kept")
            self.assertEqual(run.end(signal.SIGINT), 0)

    def test_the_end_of_one_process_ends_all_with_its_code(self):
        with self.running() as run:
            run.wait_until_ready()
            family = run.family()
            run.child("clinicflow-worker").kill()
            self.assertEqual(run.ended(family), 128 + signal.SIGKILL)
            self.assertIn("worker has exited (code 137); stopping.", "".join(run.said))
            self.assertEqual(processes_on(self.data_dir), [])

    def test_a_killed_supervisor_leaves_nothing_and_does_not_block_the_next(self):
        with self.running() as run:
            run.wait_until_ready()
            family = run.family()
            run.process.kill()
            self.assertEqual(run.ended(family), -signal.SIGKILL)
        with self.running() as run:
            run.wait_until_ready()
            self.assertEqual(run.end(signal.SIGTERM), 0)

    def test_it_ends_with_the_program_that_started_it(self):
        script = (
            "import subprocess, sys; child = subprocess.Popen([sys.executable, '-m', 'clinicflow.run', "
            "'--end-with-parent']); print(child.pid, flush=True); child.wait()"
        )
        make = subprocess.Popen(
            [sys.executable, "-c", script], cwd=ROOT, env=self.environment(), stdout=subprocess.PIPE, text=True
        )
        self.addCleanup(make.stdout.close)
        supervisor = psutil.Process(int(make.stdout.readline()))
        for line in make.stdout:
            if "ready after" in line:
                break
        family = [supervisor, *supervisor.children(recursive=True)]
        make.kill()
        make.wait()
        self.assertEqual(alive(family), [])

    def refuse_while_running(self):
        done = subprocess.run(
            [sys.executable, "-m", "clinicflow.run"],
            cwd=ROOT,
            env=self.environment(PORT=str(free_port())),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        self.assertEqual((done.returncode, done.stdout, done.stderr.count("\n")), (1, "", 1))
        return done.stderr

    def connect(self):
        """To the running PostgreSQL, as its administrator."""
        port = (self.data_dir / "postgres" / "postmaster.pid").read_text().splitlines()[3]
        return psycopg.connect(
            host="127.0.0.1",
            port=port,
            user=embedded.ADMIN,
            password=(self.data_dir / "services.password").read_text(),
            dbname=embedded.DATABASE,
        )

    def write_a_row(self):
        with self.connect() as connection:
            connection.execute("create table noted (word text)")
            connection.execute("insert into noted values ('kept')")

    def read_the_row(self):
        with self.connect() as connection:
            return connection.execute("select word from noted").fetchone()[0]


class Refusals(Runs):
    def test_a_port_in_use(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", self.port))
            taken.listen()
            line = self.refuse()
        self.assertIn(f"port {self.port}: Address already in use.", line)
        self.assertIn(f"PORT={self.port + 1} make run", line)

    def test_a_database_that_does_not_answer(self):
        address = f"postgresql://someone:word@127.0.0.1:{free_port()}/clinicflow"
        line = self.refuse(DATABASE_URL=address)
        self.assertIn("does not answer", line)
        self.assertIn("DATABASE_URL", line)
        self.assertNotIn("word@", line)

    def test_a_database_without_the_encryption_that_the_address_asks_for(self):
        self.assertIn("SSL", self.refuse(DATABASE_URL=f"{os.environ['DATABASE_URL']}?sslmode=require"))

    def test_a_redis_that_does_not_answer(self):
        line = self.refuse(REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")
        self.assertIn("Redis does not answer", line)
        self.assertIn("REDIS_URL", line)

    def test_bad_settings(self):
        production = {"ENVIRONMENT": "production", "JWT_SECRET_KEY": "k" * 40, "DEMO": "false", "DEBUG": "false"}
        for changes, words in (
            ({"PORT": "eighty"}, "PORT must be a whole number"),
            ({"DEBUG": "perhaps"}, "DEBUG must be true or false"),
            ({"DATABASE_URL": "mysql://localhost/x"}, "DATABASE_URL must start with postgresql://"),
            ({"DATABASE_URL": "postgresql://localhost/x?options=-c"}, "may not carry the parameter “options”"),
            ({"ENVIRONMENT": "production"}, "JWT_SECRET_KEY must be set in production"),
            ({"ENVIRONMENT": "production", "JWT_SECRET_KEY": "k" * 40, "DEMO": "true"}, "DEMO must be false"),
            ({"ENVIRONMENT": "production", "JWT_SECRET_KEY": "k" * 40, "DEBUG": "true"}, "DEBUG must be false"),
            ({"EMAIL_URL": "mail.example.org"}, "EMAIL_URL must begin with one of smtp:"),
            ({"EMAIL_URL": "smtp://:25"}, "EMAIL_URL must name the mail server"),
            ({"EMAIL_URL": "smtps://mail.example.org:99999"}, "EMAIL_URL must have a port"),
            (production, "EMAIL_URL must begin with one of smtp:"),
            (production | {"EMAIL_URL": "console:"}, "EMAIL_URL must not be console:"),
        ):
            with self.subTest(**changes):
                self.assertIn(words, self.refuse(**changes))

    def test_a_data_directory_that_cannot_be_written(self):
        file = self.data_dir.parent / "file"
        file.write_text("not a directory")
        self.assertIn("Set DATA_DIR", self.refuse(DATA_DIR=str(file / "data")))

    def test_data_of_another_postgresql(self):
        old = self.data_dir.parent / "old"
        (old / "postgres").mkdir(parents=True)
        (old / "postgres" / "PG_VERSION").write_text("15\n")
        self.assertIn("is of PostgreSQL 15, this is 18", self.refuse(DATA_DIR=str(old)))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def status_of(port, path):
    connection = http.client.HTTPConnection("localhost", port, timeout=PATIENCE)
    connection.request("GET", path)
    return connection.getresponse().status


def alive(family):
    """Those of the processes that still run after a while; a zombie that nobody collects has ended."""
    deadline = time.monotonic() + PATIENCE
    while (left := [process for process in family if _runs(process)]) and time.monotonic() < deadline:
        psutil.wait_procs(left, timeout=0.05)
    return left


def _runs(process):
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def processes_on(data_dir):
    """Every process that names the directory in its command line or works in it."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            if str(data_dir) in " ".join([process.cwd(), *process.cmdline()]) and _runs(process):
                found.append(process.name())
    return found
