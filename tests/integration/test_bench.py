"""`./run bench` measures what it says: every part runs on a small scale, so that none of it can rot unseen."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from bench import lighthouse, memory
from bench.driving import Unexpected, drive, get
from bench.serving import EMPTY, served
from bench.table import HEADINGS
from config.settings import PROJECT
from runner.children import child_environment

MEASURED = {
    "intake": ["登记诉求，8 个连接", "纯 SQL 五次往返", "空 Flask 路由"],
    "pass": ["无一到点", "1% 到点", "全部到点"],
    "month": ["本月三率，全部单位", "未完成的清单第一页", "冻结一个月", "一个月的 Excel"],
    "webhook": ["短信回调，1 个连接，新诉求", "查进度"],
    "inbox": ["收件箱第一页"],
    "desk": ["各标签页，第一页", "检索少见的字词，一人", "几个筛选条件一起", "工单页", "开着的工作台"],
    "nearby": ["受理员查一处小区", "最长的路", "只读索引", "市民填表时的提示"],
    "pages": ["首页，第一次打开", "表单从点开链接到可以填写"],
}


def test_every_part_is_measured_and_printed_for_the_document(
    empty_database_url: str, redis_url: str, tmp_path: Path
) -> None:
    environ = child_environment(os.environ, empty_database_url, redis_url) | {"HOTLINE_DATA": str(tmp_path)}
    asked = [*(f"--only={name}" for name in MEASURED if name != "desk"), "desk"]
    done = subprocess.run(
        [sys.executable, "-P", "-m", "bench", "--quick", "--markdown", *asked],
        env=environ,
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    head, _, *rows = done.stdout.splitlines()
    assert head == f"| {' | '.join(HEADINGS)} |"
    assert all(row.count("|") == len(HEADINGS) + 1 for row in rows)
    for words in MEASURED.values():
        for word in words:
            assert any(word in row and re.search(r"[1-9]", row) for row in rows), word
    assert "达到" not in done.stdout, "a small scale says nothing about the goals"


def test_an_answer_that_is_not_the_right_one_is_no_measurement(tmp_path: Path) -> None:
    environ = {**os.environ, "HOTLINE_DATA": str(tmp_path), "PYTHONPATH": str(PROJECT)}
    with served(environ, EMPTY, workers=1) as port:
        taken = drive(port, lambda _: get("/"), status=200, seconds=0.2, connections=2)
        assert taken.rate > 0
        assert 0 < taken.at(0.5) <= taken.at(0.99)
        with pytest.raises(Unexpected, match="404"):
            drive(port, lambda _: get("/nowhere"), status=200, seconds=0.2, connections=2)


def test_the_points_of_lighthouse_are_read_from_its_report() -> None:
    judged = {"performance": 0.955, "accessibility": 1, "best-practices": 0.96, "seo": None}
    report = json.dumps({"categories": {name: {"score": score} for name, score in judged.items()}})
    assert lighthouse.read(report) == {"performance": 96, "accessibility": 100, "best-practices": 96, "seo": 0}


def test_without_lighthouse_the_bench_says_so_and_goes_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (line,) = lighthouse.measure("/usr/bin/chromium", "http://127.0.0.1:9", ["/"])
    assert "没有测" in line.figure
    npx = tmp_path / "npx"
    npx.write_text("#!/bin/sh\necho 'npm error network' >&2\nexit 1\n")
    npx.chmod(0o755)
    (line,) = lighthouse.measure("/usr/bin/chromium", "http://127.0.0.1:9", ["/"])
    assert "没有测" in line.figure and "npm error network" in line.figure
    assert line.met is None


def test_memory_is_counted_for_a_process_with_all_its_children() -> None:
    child = subprocess.Popen([sys.executable, "-c", "print(flush=True); input()"], stdin=-1, stdout=-1)
    with child:
        assert child.stdout is not None
        child.stdout.readline()
        alone = sum(memory.by_part(psutil.Process(child.pid)).values())
        with_child = sum(memory.by_part(psutil.Process()).values())
        child.kill()
    assert 0 < alone < with_child
