"""What all tables share: constraint names, words for enums, UTC times."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: sa.TIMESTAMP(timezone=True),
        str: sa.Text(),
        bytes: sa.LargeBinary(),
        dict[str, Any]: JSONB(),
        list[dict[str, Any]]: JSONB(),
    }


Id = Annotated[int, mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)]


def reference(target: str, *, index: bool = False, nullable: bool = False) -> Any:
    """A foreign key by id. Not indexed unless a query reads from that side."""
    return mapped_column(sa.BigInteger, sa.ForeignKey(f"{target}.id"), index=index, nullable=nullable)


def words(enum: type[StrEnum], name: str) -> sa.Enum:
    """Store the words themselves, with a check constraint; no database enum type that a migration must alter."""
    return sa.Enum(
        enum,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=24,
        values_callable=lambda members: [member.value for member in members],
    )
