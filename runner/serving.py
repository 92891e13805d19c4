"""`./run up` and `./run demo`: start everything in order, say how far it is, stop everything in reverse order."""

import os
import shutil
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Sequence

import psutil

from config.settings import PROJECT, Settings, SettingsError, current
from runner.backing import backing_servers
from runner.children import StepFailed, child_environment, leave_on_sigterm, prepare_data, python_module, run_step
from runner.instance import AlreadyRunning, Hold, Instance, PortTaken, check_port, held
from runner.main import CANNOT, INTERRUPTED, MISUSED
from runner.processes import Processes
from runner.servers import ServerError

READY_WITHIN = 60  # seconds, then it is said what is missing; the wait goes on
PLAYED = "demo.played"


def main(arguments: Sequence[str]) -> int:
    """Serve until stopped. 0 after SIGTERM, 130 after Ctrl-C, 1 where it could not go on, 2 for settings."""
    leave_on_sigterm()
    try:
        settings = current()
        with held(settings.data_dir, arguments[0]) as hold:
            check_port(settings.host, settings.port)
            return _serve(settings, arguments[0], hold)
    except SettingsError as wrong:
        print("设置有误:", *(f"  · {fault}" for fault in wrong.faults), sep="\n", file=sys.stderr)
        return MISUSED
    except (AlreadyRunning, PortTaken, ServerError, StepFailed) as reason:
        print(reason, file=sys.stderr)
        return CANNOT
    except OSError as failed:
        print(f"不能继续:{failed}。请检查目录权限和磁盘空间。", file=sys.stderr)
        return CANNOT
    except KeyboardInterrupt:
        _say("\n已中断,全部停止。")
        return INTERRUPTED


def _serve(settings: Settings, command: str, hold: Hold) -> int:
    if settings.demo:
        _forget_half_a_demo(settings)
    _say(f"数据目录 {settings.data_dir}")
    _say("启动数据库和 Redis……")
    with backing_servers(settings) as (database_url, redis_url):
        environ = child_environment(os.environ, database_url, redis_url)
        prepare_data(environ)
        if settings.demo:
            _play_once(settings, environ)
        hold.tell(Instance(os.getpid(), command, settings.local_url, database_url, redis_url))
        processes = _processes(settings, environ)
        code = processes.run()
        _say(f"{processes.reason},正在停止数据库和 Redis……")
    _say("全部已停止。")
    return code


def _play_once(settings: Settings, environ: dict[str, str]) -> None:
    played = settings.data_dir / PLAYED
    if not played.exists():
        _say("演一个月的诉求(第一次约需一分钟)……")
        run_step("demo.play", environ)
        played.touch()


def _forget_half_a_demo(settings: Settings) -> None:
    """A demo that was interrupted while it was played begins again; its data directory is the demo's alone."""
    if not (settings.data_dir / PLAYED).exists():
        shutil.rmtree(settings.data_dir / "postgres", ignore_errors=True)


def _processes(settings: Settings, environ: dict[str, str]) -> Processes:
    servers = psutil.Process().children()  # only the embedded ones are running by now

    def mind() -> None:
        threading.Thread(target=_announce, args=(settings, processes), daemon=True).start()
        threading.Thread(target=_watch, args=(servers, processes), daemon=True).start()

    processes = Processes(environ, PROJECT, when_started=mind)
    processes.add("web", python_module("gunicorn", "--config", "config/gunicorn.py"))
    for number in range(1, settings.job_workers + 1):
        processes.add(f"worker{number}", python_module("workers.worker"))
    processes.add("timetable", python_module("workers.timetable"))
    _say("启动网页、后台任务和定时任务……")
    return processes


def _announce(settings: Settings, processes: Processes) -> None:
    """Wait until everything answers, then say where it is."""
    started = time.monotonic()
    patience = READY_WITHIN
    while (missing := _not_ready(settings.local_url)) is not None:
        if time.monotonic() - started > patience:
            processes.say(f"还没有就绪({missing}),继续等待……")
            patience *= 2
        time.sleep(0.2)
    reach = "" if settings.public_url == settings.local_url else f"(对外 {settings.public_url})"
    processes.say(f"已就绪:{settings.local_url} {reach}".rstrip())
    if settings.demo:
        processes.say("这是演示,登录页上列出了可用的账号。")
        processes.say(f"通话转写可以这样试:cp {PROJECT}/demo/calls/* {settings.transcripts_dir}/")
    processes.say("按 Ctrl-C 停止。")


def _not_ready(url: str) -> str | None:
    """None when /readyz says yes; else what it says."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # never through a proxy: it is this machine
    try:
        with direct.open(f"{url}/readyz", timeout=5):
            return None
    except urllib.error.HTTPError as answer:
        return answer.read(500).decode(errors="replace").strip()
    except (urllib.error.URLError, OSError) as failed:
        return str(failed)


def _watch(servers: list[psutil.Process], processes: Processes) -> None:
    """Without its database nothing works: where an embedded server ends by itself, everything ends and says so."""
    while True:
        for server in servers:
            if not server.is_running() or server.status() == psutil.STATUS_ZOMBIE:
                processes.give_up("自带的数据库或 Redis 意外停止(原因见数据目录中的日志),已全部停止")
                return
        time.sleep(1)


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
