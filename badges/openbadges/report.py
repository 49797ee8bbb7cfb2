"""What a check of a badge found, step by step."""

from dataclasses import dataclass, field
from typing import Any, Literal

State = Literal["ok", "failed", "skipped", "warning"]
Form = Literal["ob3", "ob3-jwt", "ob2"]


@dataclass(frozen=True)
class Step:
    """One step of the check. Show `template` translated and filled with `params`, or `sentence` in English.

    `unreachable`: not the badge is at fault, but something that it needs could not be had.
    """

    name: str
    state: State
    template: str
    params: dict[str, object] = field(default_factory=dict)
    unreachable: bool = False

    @property
    def sentence(self) -> str:
        return self.template % self.params


@dataclass(frozen=True)
class Report:
    """All steps in order. `verified` is only about authenticity; `in_force` also about status and dates.

    `form` says which standard was checked. What others say in support of a badge is shown, but decides nothing.
    """

    steps: tuple[Step, ...]
    credential: dict[str, Any] | None
    source: str = "json"
    form: Form = "ob3"

    @property
    def verified(self) -> bool:
        return all(self.step(name).state == "ok" for name in ("read", "schema", "subject", "proof", "issuer"))

    @property
    def in_force(self) -> bool:
        deciding = (step for step in self.steps if step.name != "endorsement")
        return self.verified and all(step.state not in ("failed", "warning") for step in deciding)

    def step(self, name: str) -> Step:
        return next(step for step in self.steps if step.name == name)
