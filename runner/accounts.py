"""As whom the embedded database runs: PostgreSQL refuses to run as root, so root lends it an account of its own."""

import os
import pwd
import shutil
import stat
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

ACCOUNT = "hotline"

# acl(5) in the form the kernel keeps it in the extended attribute: version, then (tag, permissions, id) per entry.
_ACL_ATTRIBUTE = "system.posix_acl_access"
_ACL_VERSION = 2
_USER_OBJ, _USER, _GROUP_OBJ, _MASK, _OTHER = 0x01, 0x02, 0x04, 0x10, 0x20
_NOBODY_IN_PARTICULAR = 0xFFFFFFFF
_SEARCH = 1


@dataclass(frozen=True)
class Account:
    """A user of the operating system, by number."""

    uid: int
    gid: int


def account_for(directory: Path) -> Account | None:
    """The account that may own the database in `directory`; None when it is simply whoever runs this."""
    if os.geteuid() != 0:
        return None
    if (directory / "PG_VERSION").exists() and (owner := directory.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)  # made earlier by an ordinary user: it stays theirs
    entry = _entry(ACCOUNT) or _create() or _entry("nobody")
    if entry is None:
        raise OSError("以 root 运行时,数据库需要一个普通账号:请先执行 useradd --system hotline")
    return Account(entry.pw_uid, entry.pw_gid)


def let_reach(account: Account, path: Path) -> None:
    """Let `account` pass through the directories above `path`: only search, only this account where the disk can."""
    for directory in path.resolve().parents:
        mode = directory.stat().st_mode
        if mode & stat.S_IXOTH:
            continue
        try:
            _grant_search(directory, account)
        except OSError:  # a file system without access lists
            directory.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)


def _entry(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _create() -> pwd.struct_passwd | None:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        return None
    command = [useradd, "--system", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"]
    subprocess.run([*command, "--user-group", ACCOUNT], capture_output=True, check=False)
    return _entry(ACCOUNT)


def _grant_search(directory: Path, account: Account) -> None:
    entries = _read_acl(directory)
    entries[(_USER, account.uid)] = entries.get((_USER, account.uid), 0) | _SEARCH
    mask = (_MASK, _NOBODY_IN_PARTICULAR)
    entries[mask] = entries.get(mask, entries[(_GROUP_OBJ, _NOBODY_IN_PARTICULAR)]) | _SEARCH
    value = struct.pack("<I", _ACL_VERSION)
    value += b"".join(struct.pack("<HHI", tag, permissions, who) for (tag, who), permissions in sorted(entries.items()))
    os.setxattr(directory, _ACL_ATTRIBUTE, value)


def _read_acl(directory: Path) -> dict[tuple[int, int], int]:
    try:
        value = os.getxattr(directory, _ACL_ATTRIBUTE)
    except OSError:
        mode = directory.stat().st_mode
        parts = {_USER_OBJ: mode >> 6 & 7, _GROUP_OBJ: mode >> 3 & 7, _OTHER: mode & 7}
        return {(tag, _NOBODY_IN_PARTICULAR): permissions for tag, permissions in parts.items()}
    return {(tag, who): permissions for tag, permissions, who in struct.iter_unpack("<HHI", value[4:])}
