"""Commands that need the database for a while: `import`, `export`, `verify-reports`, `migrate`, `bench`."""

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from config.settings import Settings, SettingsError, current
from runner.backing import backing_servers
from runner.children import StepFailed, child_environment, leave_on_sigterm, prepare_data, run_module
from runner.instance import AlreadyRunning, Instance, held, running
from runner.main import CANNOT, INTERRUPTED, MISUSED
from runner.servers import ServerError, embedded_postgres, embedded_redis

MODULES = {
    "city": "hotline.cli.city",
    "import": "hotline.cli.importing",
    "export": "hotline.cli.export",
    "migrate": "hotline.cli.migrate",
    "verify-reports": "hotline.cli.verify_reports",
}


def main(arguments: Sequence[str]) -> int:
    """Run the command (first argument) with its own arguments and return its exit code."""
    leave_on_sigterm()
    name, rest = arguments[0], arguments[1:]
    try:
        return _bench(rest) if name == "bench" else _use(name, rest)
    except SettingsError as wrong:
        print("设置有误:", *(f"  · {fault}" for fault in wrong.faults), sep="\n", file=sys.stderr)
        return MISUSED
    except (AlreadyRunning, ServerError, StepFailed) as reason:
        print(reason, file=sys.stderr)
        return CANNOT
    except OSError as failed:
        print(f"不能继续:{failed}。请检查目录权限和磁盘空间。", file=sys.stderr)
        return CANNOT
    except KeyboardInterrupt:
        print("\n已中断。", file=sys.stderr)
        return INTERRUPTED


def _use(name: str, rest: Sequence[str]) -> int:
    with _database_of(current(), name) as (database_url, redis_url):
        return run_module(MODULES[name], rest, child_environment(os.environ, database_url, redis_url))


@contextmanager
def _database_of(settings: Settings, name: str) -> Iterator[tuple[str, str]]:
    """The servers of the running instance, else of the data directory, started for as long as the block runs."""
    instance = running(settings.data_dir)
    if instance and instance.database_url:
        yield instance.database_url, instance.redis_url
        return
    with held(settings.data_dir, name) as hold, backing_servers(settings) as (database_url, redis_url):
        if name != "migrate":  # which does just that
            prepare_data(child_environment(os.environ, database_url, redis_url), output=sys.stderr)
        hold.tell(Instance(os.getpid(), name, "", database_url, redis_url))
        yield database_url, redis_url


def _bench(rest: Sequence[str]) -> int:
    """On servers of its own, on the disk where the data would be, and nothing left of them."""
    data_dir = current().data_dir
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=data_dir) as scratch:
        directory = Path(scratch)
        with (
            embedded_postgres(directory / "postgres") as database_url,
            embedded_redis(directory / "redis") as redis_url,
        ):
            kept = {"npm_config_cache": str(data_dir / "npm")}  # Lighthouse is fetched once, not for every run
            environ = kept | child_environment(os.environ, database_url, redis_url) | {"HOTLINE_DATA": scratch}
            return run_module("bench", rest, environ)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
