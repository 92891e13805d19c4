"""Who does it. Nothing happens without an actor: a person, an API client, the citizen, or the system (design §3)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    STAFF = "staff"  # 工作人员
    CLIENT = "client"  # 接口
    CITIZEN = "citizen"  # 诉求人
    SYSTEM = "system"  # 系统


class Role(StrEnum):
    """What a person may be. The last two are nobody's job: they mark steps open to the citizen and to the clock."""

    OPERATOR = "operator"  # 受理员
    DISPATCHER = "dispatcher"  # 派单员
    HANDLER = "handler"  # 承办人
    SUPERVISOR = "supervisor"  # 督办员
    LEADER = "leader"  # 领导
    ADMINISTRATOR = "administrator"  # 管理员
    CITIZEN = "citizen"  # 诉求人
    SYSTEM = "system"  # 系统


STAFF_ROLES = (
    Role.OPERATOR,
    Role.DISPATCHER,
    Role.HANDLER,
    Role.SUPERVISOR,
    Role.LEADER,
    Role.ADMINISTRATOR,
)
CENTRE_ROLES = frozenset({Role.OPERATOR, Role.DISPATCHER, Role.SUPERVISOR, Role.LEADER})
TICKET_ROLES = CENTRE_ROLES | {Role.HANDLER}  # who reads tickets: an administrator keeps the house, not the files


@dataclass(frozen=True, slots=True)
class Actor:
    """One who acts, with what he is and where he stands in the tree of units.

    `unit_path` is the unit's place, as ids from the root: `1/4/9/`. What begins with a path lies in its subtree.
    """

    kind: ActorKind
    name: str
    id: int | None = None
    roles: frozenset[Role] = frozenset()
    unit_id: int | None = None
    unit_path: str = ""

    @property
    def staff_id(self) -> int | None:
        """The person's id, for what a person signs for; None for a machine, whose id is of another table."""
        return self.id if self.kind is ActorKind.STAFF else None

    def is_any(self, roles: frozenset[Role]) -> bool:
        """Whether the actor has one of the roles."""
        return not self.roles.isdisjoint(roles)

    def oversees(self, unit_path: str) -> bool:
        """Whether the unit lies in the actor's subtree, the own unit included."""
        return bool(self.unit_path) and unit_path.startswith(self.unit_path)


SYSTEM = Actor(ActorKind.SYSTEM, "系统", roles=frozenset({Role.SYSTEM}))


def a_citizen(citizen_id: int | None = None) -> Actor:
    """The one who complained; the name is never part of the history."""
    return Actor(ActorKind.CITIZEN, "诉求人", id=citizen_id, roles=frozenset({Role.CITIZEN}))
