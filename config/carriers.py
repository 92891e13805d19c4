"""What a carrier of texts must be told, read from its module without running it: `./run` checks the settings before
anything is installed."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
HOME = "hotline.carriers"


@dataclass(frozen=True)
class Declared:
    """The settings of a carrier by their names, each with what it is for."""

    required: Mapping[str, str]
    optional: Mapping[str, str]


def module_of(carrier: str) -> str:
    """`twilio` is one of ours; a name with a dot is a city's own module in the project's folder."""
    return carrier if "." in carrier else f"{HOME}.{carrier}"


def prefix_of(carrier: str) -> str:
    """How the environment variables of a carrier begin: those of `twilio` are TWILIO_…"""
    return carrier.rpartition(".")[2].upper() + "_"


def declared(carrier: str) -> Declared | None:
    """What the module asks for; None where there is no such carrier."""
    path = PROJECT.joinpath(*module_of(carrier).split(".")).with_suffix(".py")
    if not path.is_file():
        return None
    found: dict[str, Mapping[str, str]] = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            if isinstance(target, ast.Name) and target.id in ("SETTINGS", "OPTIONAL"):
                found[target.id] = ast.literal_eval(node.value)
    if "SETTINGS" not in found:
        return None
    return Declared(found["SETTINGS"], found.get("OPTIONAL", {}))
