"""`./run test`: style, types, then every test. The exit code is 0 only when all of it is in order."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from config.settings import PROJECT
from runner.tether import tied_to_parent

#: Any of them will do; the first has no windows to draw and needs half the time.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FONT = "fonts-wqy-microhei"
#: What opens the workbooks and circulars as their readers do, with the programs that tell; where Debian's release has
#: no LibreOffice without windows, the usual one is taken.
OFFICE = {
    "soffice": ("libreoffice-calc-nogui libreoffice-writer-nogui", "libreoffice-calc libreoffice-writer"),
    "pdftotext": ("poppler-utils",),
}
#: Without a network it is soon known: what is missing may only have been the quicker browser.
SOON = ("-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=20", "-o", "Acquire::https::Timeout=20")
AT_ONCE = ("-n", str(min(4, os.cpu_count() or 1)))


def main(arguments: Sequence[str]) -> int:
    """Run all checks; `arguments` go to pytest, whose closing line is the last one printed."""
    _ensure_browser()
    _ensure_office()
    checks = {
        "风格": ["ruff", "check", "."],
        "排版": ["ruff", "format", "--check", "."],
        "类型": ["mypy", *AT_ONCE],
    }
    failed = [name for name, command in checks.items() if not _passes(name, command)]
    if failed:
        print(f"{'、'.join(failed)}检查未通过:测试照常运行,但最后以失败退出。", flush=True)
    everywhere = [*AT_ONCE, "--dist", "worksteal"]  # each with servers of its own
    return _run(["pytest", *everywhere, *arguments]) or (1 if failed else 0)


def _passes(name: str, command: list[str]) -> bool:
    print(f"检查{name}……", flush=True)
    return _run(command) == 0


def _run(command: list[str]) -> int:
    """Run a module of the environment; it ends with us.

    What is compiled is kept, whatever was asked for: the tests start a hundred processes.
    """
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=PROJECT,
        env={name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        check=False,
        preexec_fn=tied_to_parent(signal.SIGTERM),
    )
    return done.returncode


def _ensure_browser() -> None:
    """The browser journey needs Chromium and a Chinese font; root on Debian gets them, others are told how.

    Where Debian's release has no Chromium without windows, the usual one is taken.
    """
    without_windows, usual, *_ = BROWSERS
    missing = [] if shutil.which(without_windows) else [without_windows]
    if not _chinese_font():
        missing.append(FONT)
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"安装 {' '.join(missing)}(浏览器测试需要)……", flush=True)
        _apt_get("update")
        for package in missing:
            if not _install(package) and package == without_windows and not browser():
                _install(usual)
    if not browser():
        print(
            f"没有 Chromium,浏览器测试无法进行。请由管理员执行:apt-get install {without_windows} {FONT}",
            file=sys.stderr,
            flush=True,
        )


def _ensure_office() -> None:
    """Workbooks and circulars are opened with LibreOffice; root on Debian gets it, others are told how."""
    missing = [program for program in OFFICE if not shutil.which(program)]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        print("安装 LibreOffice 和 poppler(月报表和通报的测试需要,约 400 MB)……", flush=True)
        _apt_get("update")
        for program in missing:
            for packages in OFFICE[program]:
                if _install(*packages.split()):
                    break
    if not office():
        needed = " ".join(packages[0] for packages in OFFICE.values())
        print(
            f"没有 LibreOffice,打开月报表和通报的测试跳过。请由管理员执行:apt-get install {needed}",
            file=sys.stderr,
            flush=True,
        )


def office() -> str | None:
    """LibreOffice, if all is there that the tests of workbooks and circulars need."""
    return shutil.which("soffice") if all(map(shutil.which, OFFICE)) else None


def browser() -> str | None:
    """The program that the browser tests run in, if there is one."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def _install(*packages: str) -> bool:
    return _apt_get("install", "--yes", "--no-install-recommends", *packages)


def _apt_get(*words: str) -> bool:
    environ = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(["apt-get", "-qq", *SOON, *words], env=environ, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        print(f"apt-get {words[0]} 失败:{done.stderr.strip()[-500:]}", flush=True)
    return done.returncode == 0


def _chinese_font() -> bool:
    """Whether a font with Chinese characters is there: without one the pages are full of boxes."""
    lister = shutil.which("fc-list")
    if lister:
        listed = subprocess.run([lister, ":lang=zh"], capture_output=True, text=True, check=False)
        return bool(listed.stdout.strip())
    fonts = Path("/usr/share/fonts")
    return any(fonts.rglob("*cjk*")) or any(fonts.rglob("wqy*"))


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
