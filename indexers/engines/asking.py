"""What a chat model is asked, and what it must be able to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Question:
    """`rules`: what the model is and how it answers; `asked`: about what; `longest`: tokens."""

    rules: str
    asked: str
    longest: int

    @property
    def messages(self) -> list[dict[str, str]]:
        """As chat models are handed them."""
        return [
            {"role": "system", "content": self.rules},
            {"role": "user", "content": self.asked},
        ]


class Chat(Protocol):
    """Someone to ask."""

    @property
    def name(self) -> str:
        """The model, for what is kept of its answers."""

    def answers(self, questions: Sequence[Question]) -> list[str]:
        """What it says to each, without chance. Raises Misconfigured, TryLater."""
