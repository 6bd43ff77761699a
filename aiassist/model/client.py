"""One call to OpenAI or a compatible server, with a total deadline and a closed set of outcomes.

A server that has no Responses API is asked through Chat Completions, with the same JSON schema; which of the two it has
is found out at the first call and cached for a day.

Nothing that a patient said, and no body or validation text, leaves this module in an error or a log line.
"""

import contextlib
import functools
import hashlib
import hmac
import importlib
import json
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.utils.http import parse_http_date_safe
from pydantic import ValidationError

from aiassist.engine.schema import Extraction
from aiassist.model.prompt import INSTRUCTIONS, PROMPT_VERSION, Asked
from clinicflow.core import clock

MAX_OUTPUT_TOKENS = 4000
READ_TIMEOUT = 30.0
CONNECT_TIMEOUT = 5.0

# The outcomes of a call that gave no summary. The codes are stored and shown.
RETRYABLE = frozenset({"rate_limited", "server_error", "timeout", "connection", "empty"})
CHAT_PATH = "/chat/completions"  # a base URL that ends so names the interface
REMEMBERED = 24 * 3600  # seconds
_MISSING = frozenset({404, 405, 501})  # what a server answers for a path that it does not have
_BY_STATUS = {401: "auth", 403: "auth", 404: "not_found_model", 408: "timeout", 409: "server_error"}


class ModelFailed(Exception):
    """A call gave no summary.

    `code` is a key of `aiassist.selectors.summary_page.FAILURES`, which says it in words; `retry_after` is in seconds,
    where the server named it.
    """

    def __init__(self, code: str, retry_after: float | None = None) -> None:
        super().__init__(code)
        self.code, self.retry_after = code, retry_after
        self.input_tokens = self.output_tokens = 0


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """What a model wrote, not verified yet, and what it took. `model` is the id that the server named."""

    extraction: Extraction
    model: str
    input_tokens: int
    output_tokens: int
    latency_ms: int


def is_configured() -> bool:
    """Whether this installation has a key at all."""
    return bool(settings.OPENAI_API_KEY)


def interface() -> str:
    """Which API the configured server is known to have: "responses", "chat", or "" before the first call."""
    base_url = settings.OPENAI_BASE_URL
    if not base_url:
        return "responses"
    return "chat" if base_url.rstrip("/").endswith(CHAT_PATH) else str(cache.get(_cache_key()) or "")


def forget_interface() -> None:
    """Have the next call find out again which API the server has."""
    cache.delete(_cache_key())


def _cache_key() -> str:
    return f"model-interface:{hashlib.sha256(settings.OPENAI_BASE_URL.encode()).hexdigest()[:24]}"


def ask(text: str, *, clinic_id: UUID, seconds: float) -> ModelAnswer:
    """Have the model read a redacted message; ends within `seconds`, whatever the server does. ModelFailed if not."""
    started = time.monotonic()
    client = _client(settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL.rstrip("/").removesuffix(CHAT_PATH))
    response = _within(seconds, lambda: _call(client, text, clinic_id, min(seconds, READ_TIMEOUT)))
    latency = int((time.monotonic() - started) * 1000)
    usage = getattr(response, "usage", None)
    tokens_in = _count(usage, "input_tokens") or _count(usage, "prompt_tokens")
    tokens_out = _count(usage, "output_tokens") or _count(usage, "completion_tokens")
    try:
        extraction = _read(response)
    except ModelFailed as failed:
        failed.input_tokens, failed.output_tokens = tokens_in, tokens_out
        raise
    model = str(getattr(response, "model", "") or settings.OPENAI_MODEL)[:80]
    return ModelAnswer(extraction, model, tokens_in, tokens_out, latency)


@functools.lru_cache(maxsize=2)
def _client(key: str, base_url: str) -> Any:
    """Built at the first call, in the worker: the library takes 46 MB and most of a second."""
    for name in ("openai", "httpx2", "httpcore2"):  # at DEBUG they print bodies
        logging.getLogger(name).setLevel(logging.WARNING)
    openai: Any = importlib.import_module("openai")
    return openai.OpenAI(api_key=key, base_url=base_url or None, max_retries=0)


def _call(client: Any, text: str, clinic_id: UUID, read_timeout: float) -> Any:
    """The response of the API that the server has. The other one is tried where the server lacks the expected one."""
    openai: Any = importlib.import_module("openai")
    timeout = openai.Timeout(read_timeout, connect=min(read_timeout, CONNECT_TIMEOUT))
    first = interface() or "responses"
    ways = (first,) if not settings.OPENAI_BASE_URL else (first, "chat" if first == "responses" else "responses")
    for way in ways:
        try:
            response = _WAYS[way](client, text, clinic_id, timeout)
        except openai.APIStatusError as error:
            if _is_missing(error) and len(ways) > 1:
                continue
            _remember(way)
            raise
        _remember(way)
        return response
    forget_interface()
    raise ModelFailed("no_interface")


def _remember(way: str) -> None:
    if settings.OPENAI_BASE_URL:
        cache.set(_cache_key(), way, REMEMBERED)


def _is_missing(error: Any) -> bool:
    """Whether the server lacks the path, and not the model."""
    code, said = str(getattr(error, "code", "") or ""), str(getattr(error, "message", "") or "")
    return int(error.status_code) in _MISSING and "model" not in code.lower() and "model" not in said.lower()


def _by_responses(client: Any, text: str, clinic_id: UUID, timeout: Any) -> Any:
    return client.responses.parse(
        model=settings.OPENAI_MODEL,
        instructions=INSTRUCTIONS,
        input=[{"role": "user", "content": text}],
        text_format=Asked,
        parse_as=None,  # we read the text ourselves: a plain parse loses why an answer was cut
        store=False,
        max_output_tokens=MAX_OUTPUT_TOKENS,
        prompt_cache_key=f"clinicflow-intake-{PROMPT_VERSION}",
        safety_identifier=safety_identifier(clinic_id),
        timeout=timeout,
    )


def _by_chat(client: Any, text: str, clinic_id: UUID, timeout: Any) -> Any:
    """Chat Completions, with nothing that only OpenAI's own server understands."""
    schema = {"name": "intake_summary", "strict": True, "schema": Asked.model_json_schema()}
    return client.chat.completions.create(
        model=settings.OPENAI_MODEL,
        messages=[{"role": "system", "content": INSTRUCTIONS}, {"role": "user", "content": text}],
        response_format={"type": "json_schema", "json_schema": schema},
        max_tokens=MAX_OUTPUT_TOKENS,
        timeout=timeout,
    )


_WAYS: dict[str, Callable[[Any, str, UUID, Any], Any]] = {"responses": _by_responses, "chat": _by_chat}


def safety_identifier(clinic_id: UUID) -> str:
    """A stable name of the clinic that nobody outside can turn back."""
    return hmac.new(settings.SECRET_KEY.encode(), f"openai:{clinic_id}".encode(), hashlib.sha256).hexdigest()


def _within(seconds: float, call: Any) -> Any:
    """The call's result. The library's timeouts are per read, so a slow drip needs a clock of its own."""
    result: list[Any] = []
    failure: list[ModelFailed] = []

    def work() -> None:
        try:
            result.append(call())
        except Exception as error:  # also AttributeError and JSONDecodeError: not all of its errors are its own
            failure.append(_named(error))

    thread = threading.Thread(target=work, daemon=True, name="model-call")
    thread.start()
    thread.join(seconds)
    if failure:
        raise failure[0]
    if not result:
        raise ModelFailed("timeout")
    return result[0]


def _named(error: Exception) -> ModelFailed:
    """The outcome behind an error of the library; its text stays here."""
    openai: Any = importlib.import_module("openai")
    if isinstance(error, ModelFailed):
        return error
    if isinstance(error, openai.APITimeoutError):
        return ModelFailed("timeout")
    if isinstance(error, openai.APIStatusError):
        return _of_status(error)
    if isinstance(error, openai.APIResponseValidationError | json.JSONDecodeError):
        return ModelFailed("empty")
    if isinstance(error, openai.APIConnectionError):
        return ModelFailed("connection")
    return ModelFailed("empty" if isinstance(error, AttributeError | TypeError) else "unexpected")


def _of_status(error: Any) -> ModelFailed:
    status, code = int(error.status_code), str(getattr(error, "code", "") or "")
    if status == 429:
        if code == "insufficient_quota":
            return ModelFailed("quota")
        return ModelFailed("rate_limited", _retry_after(error.response))
    if status >= 500:
        return ModelFailed("server_error", _retry_after(error.response))
    if code == "context_length_exceeded":
        return ModelFailed("context_length")
    return ModelFailed(_BY_STATUS.get(status, "bad_request"))


def _retry_after(response: Any) -> float | None:
    """Seconds to wait as the server says, in seconds or as an HTTP date; at most an hour."""
    said = str(response.headers.get("retry-after") or "")
    with contextlib.suppress(TypeError, ValueError):
        return max(0.0, min(float(said), 3600.0))
    at = parse_http_date_safe(said)
    return None if at is None else max(0.0, min(at - clock.now().timestamp(), 3600.0))


def _count(usage: Any, name: str) -> int:
    value = getattr(usage, name, 0)
    return value if isinstance(value, int) and 0 <= value < 10_000_000 else 0


def _read(response: Any) -> Extraction:
    """The extraction in a response, after its status, its details and a refusal have been looked at."""
    choices = getattr(response, "choices", None)
    if choices:
        return parse(_text_of_choice(choices[0]))
    status = getattr(response, "status", None)
    if status == "incomplete":
        reason = getattr(getattr(response, "incomplete_details", None), "reason", "")
        raise ModelFailed("filtered" if reason == "content_filter" else "truncated")
    if status not in {"completed", None}:
        raise ModelFailed("failed")
    return parse(_text_of(response))


def _text_of_choice(choice: Any) -> str:
    """The text of a chat completion."""
    ended, said = getattr(choice, "finish_reason", None), getattr(choice, "message", None)
    if getattr(said, "refusal", None):
        raise ModelFailed("refused")
    if ended in {"length", "content_filter"}:
        raise ModelFailed("truncated" if ended == "length" else "filtered")
    text = str(getattr(said, "content", "") or "").strip()
    if not text:
        raise ModelFailed("empty")
    return text


def _text_of(response: Any) -> str:
    parts = []
    for output in getattr(response, "output", None) or []:
        for content in getattr(output, "content", None) or []:
            kind = getattr(content, "type", "")
            if kind == "refusal":
                raise ModelFailed("refused")
            if kind == "output_text":
                parts.append(str(getattr(content, "text", "") or ""))
    text = "".join(parts).strip()
    if not text:
        raise ModelFailed("empty")
    return text


def parse(text: str) -> Extraction:
    """The extraction in a model's text; a code fence around it is forgiven. ModelFailed: not_json or wrong_schema."""
    if text.startswith("```"):
        text = text.strip("`").removeprefix("json").strip()
    try:
        data = json.loads(text)
    except ValueError:
        raise ModelFailed("not_json") from None
    try:
        return Extraction.model_validate(data)
    except ValidationError:
        raise ModelFailed("wrong_schema") from None
