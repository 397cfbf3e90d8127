"""A chat model behind HTTP, asked as OpenAI's chat completions are: vLLM, llama.cpp, Ollama, …"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from pydantic import BaseModel, ValidationError

from indexers.engines.asking import Question
from media.errors import Misconfigured, TryLater

if TYPE_CHECKING:
    import httpx

_KEY = "STRINGOUT_CHAT_KEY"
_AT_ONCE = 4  # questions; a server answers several in hardly more time than one
_PATIENCE, _TO_CONNECT = 120.0, 10.0  # seconds
_AGAIN = 60.0
_TOO_MUCH = (400, 413, 422)  # the question is too long for it, or it won't hear of it


class _Message(BaseModel):
    content: str


class _Choice(BaseModel):
    message: _Message


class _Completion(BaseModel):
    """The part of a chat completion that is read."""

    choices: list[_Choice]


class Remote:
    """`model`: as the server calls it; `endpoint`: such as http://127.0.0.1:8000/v1."""

    def __init__(self, model: str, endpoint: str) -> None:
        """Asks nothing yet."""
        self.name = model
        self._url = f"{endpoint.rstrip('/')}/chat/completions"

    def answers(self, questions: Sequence[Question]) -> list[str]:
        """As Chat. Raises TryLater where the server can't be reached or is busy, Misconfigured
        where it won't answer such questions."""
        import httpx

        patience = httpx.Timeout(_PATIENCE, connect=_TO_CONNECT)
        key = os.environ.get(_KEY, "")
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        with (
            httpx.Client(timeout=patience, headers=headers, trust_env=False) as client,
            ThreadPoolExecutor(_AT_ONCE) as several,
        ):
            return list(several.map(lambda question: self._answer(client, question), questions))

    def _answer(self, client: "httpx.Client", question: Question) -> str:
        import httpx

        asked = {
            "model": self.name, "messages": question.messages, "temperature": 0,
            "max_tokens": question.longest,
        }  # fmt: skip
        try:
            reply = client.post(self._url, json=asked)
        except httpx.HTTPError as error:
            raise TryLater(f"the chat model at {self._url} is away ({error})", _AGAIN) from error
        if reply.status_code == 429 or reply.status_code >= 500:
            raise TryLater(f"{self._url} answers {reply.status_code}", _AGAIN)
        if reply.status_code in _TOO_MUCH:
            return ""  # it has no answer to this one
        if reply.is_error:
            raise Misconfigured(
                f"{self._url} answers {reply.status_code} to {self.name!r}: check [chat] model and "
                f"endpoint, and {_KEY}"
            )
        try:
            said = _Completion.model_validate_json(reply.content)
        except ValidationError as error:
            raise Misconfigured(
                f"{self._url} does not answer as a chat completion: check [chat] endpoint"
            ) from error
        return said.choices[0].message.content if said.choices else ""
