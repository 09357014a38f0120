"""A PostgreSQL that lives as long as the tests, from the binaries of this machine.

Run by the standard library alone.
"""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_OPTIONS = "-c listen_addresses=127.0.0.1 -c max_connections=200"
CARELESS = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off"
"""Tests do not survive a power cut, and need not."""

_USER = "marginalia"


def binaries() -> Path | None:
    """The folder with PostgreSQL's programs: PATH's, else Debian's newest."""
    on_path = shutil.which("initdb")
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name)
    )
    candidates = [*([Path(on_path).resolve().parent] if on_path else []), *reversed(debian)]
    for folder in candidates:
        if all((folder / name).exists() for name in ("initdb", "pg_ctl", "postgres")):
            return folder
    return None


@contextmanager
def throwaway(programs: Path, more: str = CARELESS) -> Iterator[str]:
    """A fresh cluster's address as ``DATABASE_URL`` has it; stopped and removed at the end.

    ``more`` are options of the server.
    """
    folder = Path(tempfile.mkdtemp(prefix="marginalia-postgresql-"))
    account = _account()
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)
    password, port = secrets.token_hex(16), _free_port()
    try:
        _initialise(programs, folder, password, account)
        _control(
            programs, folder, account, "start", "-o", f"{_OPTIONS} {more} -p {port} -k {folder}"
        )
        yield f"postgresql://{_USER}:{password}@127.0.0.1:{port}/postgres"
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            _control(programs, folder, account, "stop", "-m", "immediate")
        shutil.rmtree(folder, ignore_errors=True)


def _initialise(
    programs: Path, folder: Path, password: str, account: pwd.struct_passwd | None
) -> None:
    secret = folder / "password"
    secret.write_text(password, encoding="ascii")
    secret.chmod(0o644)  # the folder itself is closed to others
    _run(
        [
            *(str(programs / "initdb"), "-D", str(folder / "data"), "-U", _USER),
            *("--pwfile", str(secret), "-A", "password", "--no-sync"),
            *("--encoding=UTF8", "--locale=C.UTF-8"),
        ],
        folder,
        account,
    )


def _control(programs: Path, folder: Path, account: pwd.struct_passwd | None, *words: str) -> None:
    command = [str(programs / "pg_ctl"), "-D", str(folder / "data"), "-w", "-s"]
    _run([*command, "-l", str(folder / "log"), *words], folder, account)


def _run(command: list[str], folder: Path, account: pwd.struct_passwd | None) -> None:
    subprocess.run(
        command,
        check=True,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
    )


def _account() -> pwd.struct_passwd | None:
    """Whom to run as: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise LookupError("PostgreSQL refuses root, and there is no user postgres or nobody.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
