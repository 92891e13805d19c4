"""What is asked of a measurement."""

from __future__ import annotations

import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Asked:
    """`quick`: a small part, no verdict. `dev`: the material for those who tune, instead of the held-out one.
    `verbose`: single cases to the error output; of the written material only those of `dev`."""

    quick: bool = False
    dev: bool = False
    verbose: bool = False

    @property
    def folder(self) -> str:
        """Which half of the written material is measured."""
        return "dev" if self.dev else "held_out"

    def verdict(self, met: bool) -> bool | None:
        """Whether a goal was met; nothing is judged by a small part, nor by what the rules were tuned on."""
        return None if self.quick or self.dev else met

    def tell(self, text: str) -> None:
        """A single case of the real messages, for whoever asked to see them."""
        if self.verbose:
            print(text, file=sys.stderr, flush=True)

    def tell_written(self, text: str) -> None:
        """A single case of the written material: whoever reads what is held out can no longer make rules."""
        if self.dev:
            self.tell(text)
