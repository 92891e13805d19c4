"""The entry of every command: what can be checked is checked before anything is installed or started.

Standard library only; what needs more goes on in the project's environment, in the same process (`exec`), so that a
signal to `./run` reaches the one that minds the servers.
"""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TextIO

from config.settings import PROJECT, VARIABLES, Settings, SettingsError, current
from runner.environment import DEVELOPMENT, RUNTIME, EnvironmentFault, ensure_environment
from runner.instance import AlreadyRunning, PortTaken, running, wait_for_port, was_killed

CANNOT = 1
MISUSED = 2
INTERRUPTED = 130

PATIENCE = 10  # seconds for what a killed instance left behind


@dataclass(frozen=True)
class Command:
    """One command of `./run`: how it goes on, with its name and the words after it."""

    summary: str
    go_on: Callable[[str, Sequence[str]], int]


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code: 0 done, 1 could not, 2 misused or misconfigured, 130 interrupted."""
    for stream in (sys.stdout, sys.stderr):
        _speak_chinese(stream)
    name, rest = (arguments[0], arguments[1:]) if arguments else ("help", ())
    command = COMMANDS.get({"-h": "help", "--help": "help"}.get(name, name))
    if command is None:
        print(f"没有 {name} 这个命令。可用的命令见 ./run help。", file=sys.stderr)
        return MISUSED
    try:
        code = command.go_on(name, rest)
        sys.stdout.flush()
        return code
    except SettingsError as wrong:
        print("设置有误,什么也没有启动:", *(f"  · {fault}" for fault in wrong.faults), sep="\n", file=sys.stderr)
        return MISUSED
    except (AlreadyRunning, PortTaken, EnvironmentFault) as reason:
        print(reason, file=sys.stderr)
        return CANNOT
    except (
        BrokenPipeError
    ):  # `./run help | head`: whoever read has enough; nothing more may be written, not even at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CANNOT
    except OSError as failed:
        print(f"不能继续:{failed}。请检查目录权限和磁盘空间。", file=sys.stderr)
        return CANNOT
    except KeyboardInterrupt:
        print("\n已中断。", file=sys.stderr)
        return INTERRUPTED


def _speak_chinese(stream: TextIO) -> None:
    """Whatever the terminal's locale: better a wrong glyph than a crash."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure:
        reconfigure(encoding="utf-8", errors="replace")


def _serve(name: str, rest: Sequence[str]) -> int:
    """`up` and `demo`."""
    if rest:
        print(f"./run {name} 不带参数;用环境变量设置,见 ./run help settings。", file=sys.stderr)
        return MISUSED
    if name == "demo":
        os.environ["HOTLINE_DEMO"] = "1"
    settings = current()
    _keep_demo_apart(settings)
    if instance := running(settings.data_dir):
        raise AlreadyRunning(settings.data_dir, instance)
    wait_for_port(settings.host, settings.port, PATIENCE if was_killed(settings.data_dir) else 0)
    return _continue_in_environment(settings, "runner.serving", [name])


def _keep_demo_apart(settings: Settings) -> None:
    """Whether by command or by HOTLINE_DEMO, a demo never gets a database that may be a real one, nor the folder into
    which a recording system puts its files: what is read there is taken away."""
    foreign = {"DATABASE_URL": settings.database_url, "REDIS_URL": settings.redis_url}
    faults = [
        f"{name} 不能用于演示:演示只用自带的数据库,以免与真实数据混在一起。" for name, url in foreign.items() if url
    ]
    if not settings.transcripts_dir.is_relative_to(settings.data_dir):
        faults.append("HOTLINE_TRANSCRIPTS 不能用于演示:演示只收自己目录里的文件,以免取走真实的通话转写。")
    if settings.demo and faults:
        raise SettingsError(faults)


def _use_database(name: str, rest: Sequence[str]) -> int:
    """`city`, `import`, `export`, `verify-reports`, `migrate`."""
    return _continue_in_environment(current(), "runner.tools", [name, *rest])


def _due(name: str, rest: Sequence[str]) -> int:
    """`due`: arithmetic only, so it needs no environment at all."""
    return _become(sys.executable, "hotline.cli.due", rest)


def _bench(name: str, rest: Sequence[str]) -> int:
    return _continue_in_environment(current(), "runner.tools", [name, *rest])


def _test(name: str, rest: Sequence[str]) -> int:
    python = ensure_environment(current().venv_dir, DEVELOPMENT)
    return _become(str(python), "runner.checks", rest)


def _help(name: str, rest: Sequence[str]) -> int:
    if list(rest) == ["settings"]:
        print("设置用环境变量,例如 HOTLINE_PORT=9000 ./run up", "", sep="\n")
        print(*(f"  {variable:<29} {meaning}" for variable, meaning in VARIABLES.items()), sep="\n")
        return 0
    print("12319 城市管理服务热线", "", "用法:./run 命令 [参数]", "", sep="\n")
    print(*(f"  {known:<14} {command.summary}" for known, command in COMMANDS.items()), sep="\n")
    return 0


COMMANDS = {
    "up": Command("启动热线:运行环境、数据库、网页、后台任务;就绪后显示地址,按 Ctrl-C 全部停止", _serve),
    "demo": Command("启动演示:一座小城一个月的诉求,数据单独存放,不影响真实数据", _serve),
    "test": Command("全部检查:风格、类型、测试;其后的参数交给 pytest,例如 ./run test -k 时限", _test),
    "bench": Command("在本机测量性能,与数据库本身的速度对照", _bench),
    "due": Command('试算时限:./run due --start 2026-02-13T17:00 --limit "3 working_days"', _due),
    "city": Command("导入单位、人员和派单目录:./run city 文件.toml", _use_database),
    "import": Command("导入旧系统的工单:./run import 文件.csv", _use_database),
    "export": Command("导出:./run export deadlines 2026-03;冻结月报的原文:./run export frozen 2026-03", _use_database),
    "verify-reports": Command("核验冻结的月报,逐项重算:./run verify-reports [2026-03]", _use_database),
    "migrate": Command("只更新数据库结构(up 会自动做)", _use_database),
    "help": Command("本说明;./run help settings 列出全部设置", _help),
}


def _continue_in_environment(settings: Settings, module: str, arguments: Sequence[str]) -> int:
    python = ensure_environment(settings.venv_dir, RUNTIME)
    return _become(str(python), module, arguments)


def _become(python: str, module: str, arguments: Sequence[str]) -> int:
    """Go on as `python -m module`, in the caller's directory but never importing from it (-P)."""
    paths = [str(PROJECT), *filter(None, [os.environ.get("PYTHONPATH")])]
    os.environ["PYTHONPATH"] = os.pathsep.join(paths)
    os.environ["PYTHONUTF8"] = "1"
    sys.stdout.flush()
    os.execv(python, [python, "-P", "-m", module, *arguments])  # noqa: S606 - a list of words, no shell
