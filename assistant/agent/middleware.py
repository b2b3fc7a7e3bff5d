"""The one middleware of our own: tool calls that a small model writes as text become tool calls."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

from langchain.agents.middleware import AgentMiddleware, ModelRequest, ModelResponse
from langchain_core.messages import AIMessage, BaseMessage

from assistant.agent.json_calls import calls_in


class JsonToolCalls(AgentMiddleware[Any, Any, Any]):
    """Turns JSON in a model's text into the tool calls it stands for; all else passes unchanged."""

    async def awrap_model_call(
        self,
        request: ModelRequest[Any],
        handler: Callable[[ModelRequest[Any]], Awaitable[ModelResponse[Any]]],
    ) -> ModelResponse[Any]:
        """Call the model and read its text."""
        response = await handler(request)
        names = {tool.name for tool in request.tools if not isinstance(tool, dict)}
        response.result = [_read(message, names) for message in response.result]
        return response


def _read(message: BaseMessage, names: set[str]) -> BaseMessage:
    if not isinstance(message, AIMessage) or message.tool_calls:
        return message
    calls = calls_in(str(message.text), names)
    if not calls:
        return message
    told = [{"name": call.name, "args": call.args, "id": uuid4().hex, "type": "tool_call"} for call in calls]
    return message.model_copy(update={"content": "", "tool_calls": told})
