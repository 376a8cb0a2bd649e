"""Every process of the product on this machine: the demo runs them, the tour drives them.

PostgreSQL, the payment sandbox, the public and the staff site, one worker for each queue. Each
process gets the environment of its role and no more; all state lies in one folder.
"""

import base64
import contextlib
import fcntl
import functools
import hashlib
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

from core import embedded
from deploy import processes
from deploy.processes import ROOT, Child

Role = Literal["public", "staff", "owner"]
WORKERS: tuple[tuple[str, Role], ...] = (("public", "public"), ("vault", "staff"))
WEBS: tuple[Literal["public", "staff"], ...] = ("public", "staff")
READY_SECONDS = 90
MOST_RESTARTS = 3


class StackError(RuntimeError):
    """The product cannot run here; the text says why and what to do, for a person to read."""


@dataclass(frozen=True)
class Databases:
    app: str
    vault: str
    owner: str
    vault_owner: str


class Stack:
    """Start everything with `start`, look after it with `watch`, end it with `stop`.

    Args:
        data: the folder of all state: database, uploads, mail, logs, secrets.
        port: the public site; the staff side has the next one and the sandbox the one after.
        reload: the two sites start anew when a source file changes.
    """

    # What fills it with made-up data the first time.
    seeding: tuple[str, ...] = ("seed_demo",)

    def __init__(
        self,
        data: Path,
        *,
        port: int = 8000,
        reload: bool = False,
        durable: bool = True,
        say: Callable[[str], None] = print,
    ) -> None:
        self.data = data.resolve()
        self.ports = {"public": port, "staff": port + 1, "sandbox": port + 2}
        self.reload = reload
        self.durable = durable
        self.say = say
        self.children: list[Child] = []
        self.embedded = False
        self._lock: IO[str] | None = None

    def url(self, part: Literal["public", "staff", "sandbox"]) -> str:
        return f"http://localhost:{self.ports[part]}"

    # --- Beginning and end ----------------------------------------------------------------------

    def start(self) -> None:
        """Return when both sites answer.

        Raises:
            StackError, embedded.EmbeddedError: with a sentence for the person who started it.
        """
        self._take_folder()
        try:
            processes.end_marked(self.data)
            self._refuse_taken_ports()
            self._prepare()
            for child in (*self._webs(), *self._workers()):
                self._add(child)
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the folder while nothing runs in it."""
        self._take_folder()
        try:
            processes.end_marked(self.data)
            yield
        finally:
            self.stop()

    def runs(self) -> bool:
        """Whether somebody, in whatever process, runs this folder's stack."""
        try:
            self._take_folder()
        except StackError:
            return True
        self.stop()
        return False

    def stop(self) -> None:
        """End every process, PostgreSQL last. Safe to repeat."""
        for child in self.children:
            child.signal(signal.SIGTERM)
        until = time.monotonic() + 15
        for child in self.children:
            if child.process:
                try:
                    child.process.wait(max(0.1, until - time.monotonic()))
                except subprocess.TimeoutExpired:
                    child.signal(signal.SIGKILL)
                    child.process.wait()
        self.children.clear()
        if self._lock:
            processes.end_marked(self.data)
            if self.embedded:
                embedded.stop(self.data / "pg")
            self._lock.close()
            self._lock = None

    def watch(self) -> None:
        """Block while all is well; restart a worker that died, a few times.

        Raises:
            StackError: a process died that is not, or no longer, restarted.
        """
        while True:
            time.sleep(0.3)
            for child in self.children:
                if not child.ended():
                    continue
                code = child.process.returncode if child.process else None
                what = f"{child.name} ended ({code}). Its last lines:\n{child.last_lines()}"
                if not child.may_restart or child.restarts >= MOST_RESTARTS:
                    raise StackError(f"{what}\nAll of it is in {child.log}.")
                child.restarts += 1
                self.say(f"{what}\nStarting it again, {child.restarts} of {MOST_RESTARTS} times.")
                child.start()

    # --- What each process gets -----------------------------------------------------------------

    def environment(self, role: Role) -> dict[str, str]:
        """The public side learns no address of the vault; only migrations run as the owner."""
        secret, databases = self.secrets, self.databases
        made = {
            name: value
            for name, value in os.environ.items()
            if name in ("PATH", "HOME", "LANG", "TZ", "TMPDIR", "VIRTUAL_ENV", "CI")
        }
        made |= {
            processes.MARK: str(self.data),
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'site'}",
            "PYTHONUNBUFFERED": "1",
            "ROLE": "public" if role == "public" else "staff",
            "DEMO": "1",
            "DEBUG": "0",
            "HASHED_STATIC": "0",
            "SECRET_KEY": secret["key"],
            "PUBLIC_URL": self.url("public"),
            "STAFF_URL": self.url("staff"),
            "ALLOWED_HOSTS": "localhost,127.0.0.1",
            "DATABASE_URL": databases.owner if role == "owner" else databases.app,
            "STRIPE_SECRET_KEY": "sk_test_" + secret["stripe"],
            "STRIPE_WEBHOOK_SECRETS": "whsec_" + secret["webhook"],
            "STRIPE_API_BASE": self.url("sandbox"),
            "STRIPE_CHECKOUT_ORIGIN": self.url("sandbox"),
            "MAIL_BACKEND": "files",
            "MAIL_DIRECTORY": str(self.data / "mail"),
            "MEDIA_DIRECTORY": str(self.data / "media"),
        }
        if role != "public":
            made["VAULT_DATABASE_URL"] = (
                databases.vault_owner if role == "owner" else databases.vault
            )
            made["VAULT_KEYS"] = secret["vault"]
        return made

    def manage(self, *arguments: str, role: Role = "staff") -> str:
        """Run one of the product's commands to its end. Returns what it printed."""
        done = subprocess.run(  # noqa: S603 - our own commands, no shell
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment(role),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            said = "\n".join((done.stdout + done.stderr).splitlines()[-25:])
            raise StackError(f"manage.py {' '.join(arguments)} failed:\n{said}")
        return done.stdout

    @functools.cached_property
    def databases(self) -> Databases:
        """A server of one's own by DATABASE_URL and VAULT_DATABASE_URL, else the embedded one."""
        given = os.environ.get("DATABASE_URL"), os.environ.get("VAULT_DATABASE_URL")
        match given:
            case (str(app), str(vault)):
                return Databases(
                    app,
                    vault,
                    os.environ.get("OWNER_DATABASE_URL", app),
                    os.environ.get("VAULT_OWNER_DATABASE_URL", vault),
                )
            case (None, None):
                server = embedded.start(self.data / "pg", durable=self.durable)
                self.embedded = True
                return Databases(
                    server.app_url(),
                    server.vault_url(),
                    server.owner_url(),
                    server.vault_owner_url(),
                )
        raise StackError("Set both DATABASE_URL and VAULT_DATABASE_URL, or neither.")

    @functools.cached_property
    def secrets(self) -> Mapping[str, str]:
        file = self.data / "secrets.json"
        known: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
        # A folder made by an earlier version lacks what came since.
        wanted = {name: secrets.token_hex(24) for name in ("key", "stripe", "webhook")}
        wanted["vault"] = base64.b64encode(secrets.token_bytes(32)).decode()
        if known.keys() != wanted.keys():
            known = wanted | known
            unfinished = file.with_suffix(".new")
            unfinished.touch(mode=0o600)
            unfinished.write_text(json.dumps(known))
            unfinished.replace(file)
        return known

    # --- The steps of a start -------------------------------------------------------------------

    def _take_folder(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        (self.data / "log").mkdir(exist_ok=True)
        lock = (self.data / "running").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise StackError(
                f"It already runs in {self.data} ({lock.read().strip()}): end that one first."
            ) from None
        lock.truncate(0)
        lock.write(f"process {os.getpid()}, {self.url('public')}")
        lock.flush()
        self._lock = lock

    def _refuse_taken_ports(self) -> None:
        for part, port in self.ports.items():
            if not processes.is_free(port):
                raise StackError(
                    f"Port {port} (for {part}) is in use by another program. Choose another "
                    f"row of three, for example: PORT={self.ports['public'] + 100} make demo"
                )

    def _prepare(self) -> None:
        """Databases, tables, sandbox and made-up data; each step is safe to repeat."""
        self.say("Starting PostgreSQL …")
        self.environment("owner")
        self._migrate()
        if _has_command("sandbox"):
            self._add(self._sandbox())
            self._wait_for(self.ports["sandbox"], "/", anything=True)
        seeded = self.data / "sign-ins.txt"
        if _has_command("seed_demo") and not seeded.exists():
            self.say("Filling it with made-up people, pages and gifts …")
            # What the command prints is how to sign in; the file says that it came to its end.
            unfinished = seeded.with_suffix(".new")
            unfinished.write_text(self.manage(*self.seeding))
            unfinished.replace(seeded)

    def _migrate(self) -> None:
        """Bring the tables up to date; nothing to do where they have been for this very state."""
        stamp, state = self.data / "migrated", self._schema()
        if stamp.exists() and stamp.read_text() == state:
            return
        self.say("Making the tables (about half a minute; only now and after an update) …")
        with ThreadPoolExecutor() as pool:
            # Of the vault its own app alone: all others would be worked through for nothing.
            migrations = [
                pool.submit(self.manage, "migrate", "-v0", *which, role="owner")
                for which in ((), ("vault", "--database=vault"))
            ]
        for migration in migrations:
            migration.result()
        if (self.data / "sign-ins.txt").exists():
            for command in ("roles", "update_index"):
                self.manage(command)
        stamp.write_text(state)

    def _schema(self) -> str:
        """Changes with every migration, library and role, and the databases themselves."""
        digest = hashlib.sha256(repr(self.databases).encode())
        migrations = list(ROOT.glob("*/migrations/*.py"))
        migrations += ROOT.glob("*/*/migrations/*.py")
        others = (ROOT / "requirements" / "base.txt", ROOT / "site" / "staff" / "roles.py")
        for file in (*sorted(migrations), *others):
            digest.update(file.read_bytes())
        return digest.hexdigest()

    def _sandbox(self) -> Child:
        webhook = f"http://127.0.0.1:{self.ports['public']}/webhooks/stripe/"
        environment = {
            name: value
            for name, value in self.environment("public").items()
            if name in ("PATH", "HOME", "LANG", "PYTHONPATH", "PYTHONUNBUFFERED", processes.MARK)
        }
        command = [
            "manage.py", "sandbox", "--port", str(self.ports["sandbox"]),
            "--data", str(self.data / "sandbox"), "--webhook", webhook,
            "--webhook-secret", "whsec_" + self.secrets["webhook"],
        ]  # fmt: skip
        return self._child("sandbox", [sys.executable, *command], environment)

    def _webs(self) -> list[Child]:
        webs = []
        for role in WEBS:
            command = [
                str(Path(sys.executable).with_name("granian")), "--interface", "wsgi",
                "--host", "127.0.0.1", "--port", str(self.ports[role]),
                "--workers", "2", "--blocking-threads", "4", "--log-level", "warning",
                "--no-ws", "config.wsgi:application",
            ]  # fmt: skip
            if self.reload:
                command[-1:-1] = ["--reload"]
                for folder in ("var", ".venv", "tests", "docs"):
                    command[-1:-1] = ["--reload-ignore-dirs", folder]
            webs.append(self._child(f"{role}-site", command, self.environment(role)))
        return webs

    def _workers(self) -> list[Child]:
        """Jobs that touch confidential records have a queue, and a worker with the key, alone."""
        command = [sys.executable, "manage.py", "procrastinate", "worker"]
        command += ["--shutdown-graceful-timeout", "10"]
        return [
            self._child(
                f"{queue}-worker",
                [*command, "--name", queue, "--queues", queue],
                self.environment(role),
                may_restart=True,
            )
            for queue, role in WORKERS
        ]

    def _child(
        self, name: str, command: list[str], environment: dict[str, str], may_restart: bool = False
    ) -> Child:
        return Child(name, command, environment, self.data / "log" / f"{name}.log", may_restart)

    def _add(self, child: Child) -> None:
        child.log.write_bytes(b"")
        self.children.append(child)
        child.start()

    def _wait_until_ready(self) -> None:
        self.say("Starting the sites and the workers …")
        for part in WEBS:
            self._wait_for(self.ports[part], "/ready/")

    def _wait_for(self, port: int, path: str, *, anything: bool = False) -> None:
        until = time.monotonic() + READY_SECONDS
        while True:
            for child in self.children:
                if child.ended():
                    raise StackError(f"{child.name} does not start:\n{child.last_lines()}")
            status = processes.answer(port, path)
            if status == 200 or (anything and status):
                return
            if time.monotonic() > until:
                raise StackError(
                    f"http://localhost:{port}{path} does not answer; see {self.data}/log."
                )
            time.sleep(0.1)


def _has_command(name: str) -> bool:
    return any(ROOT.glob(f"*/management/commands/{name}.py")) or any(
        ROOT.glob(f"*/*/management/commands/{name}.py")
    )
