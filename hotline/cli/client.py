"""`python -m hotline.cli.client NAME --unit KEY --roles operator,dispatcher`: an API client; prints its token once."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime

from config.settings import SettingsError, current
from hotline.assembly import open_office
from hotline.bell import SilentBell
from hotline.domain.errors import HotlineError
from hotline.services import clients


def main(argv: list[str]) -> int:
    """Exit code 0 with the token on the standard output, 2 with the reason on the error output."""
    parser = argparse.ArgumentParser(prog="client", description="建立接口客户，打印一次令牌。")
    parser.add_argument("name", help="名称，记入台账，例如 市政系统")
    parser.add_argument("--unit", required=True, help="所属单位的代号；能看到的工单以该单位及其下级为限")
    parser.add_argument("--roles", required=True, help="角色，用逗号分隔，例如 operator,dispatcher")
    asked = parser.parse_args(argv)
    roles = [role.strip() for role in asked.roles.split(",") if role.strip()]
    try:
        office = open_office(current(), bell=SilentBell())
        with office.session() as session:
            token = clients.create(session, asked.name, asked.unit, roles, datetime.now(UTC))
    except (HotlineError, LookupError, SettingsError) as fault:
        print(fault.message if isinstance(fault, HotlineError) else str(fault.args[0]), file=sys.stderr)
        return 2
    print(token)
    print("令牌只显示这一次，请妥善保存；数据库中只有它的摘要。", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
