"""The shared tools as a language model sees them: names, docstrings and arguments. Who and where is in the context."""

from typing import Annotated, Any

from langchain.tools import ToolRuntime, tool
from langchain_core.tools import BaseTool
from pydantic import BaseModel, Field

from assistant.agent.toolbox import AgentContext, ToolName

Runtime = ToolRuntime[AgentContext, Any]


class OrderLine(BaseModel):
    """A product and how many of it."""

    sku: Annotated[str, Field(description="The product's number, such as A01.", max_length=40)]
    quantity: Annotated[int, Field(ge=1, le=9999, description="How many the member said they want in all.")]


@tool
def search_knowledge(query: str, runtime: Runtime) -> str:
    """Search the group's entries and products. Use it for every question about the deal."""
    return runtime.context.toolbox.run("search_knowledge", {"query": query})


@tool
def log_order(lines: list[OrderLine], runtime: Runtime) -> str:
    """Log or change the member's own order, only when the member says plainly what and how many they want."""
    wanted = [{"sku": line.sku, "quantity": line.quantity} for line in lines]
    return runtime.context.toolbox.run("log_order", {"lines": wanted})


@tool
def cancel_order(runtime: Runtime) -> str:
    """Cancel the member's own open order, only when they ask for it."""
    return runtime.context.toolbox.run("cancel_order", {})


@tool
def order_status(runtime: Runtime) -> str:
    """Tell how the member's own orders stand."""
    return runtime.context.toolbox.run("order_status", {})


@tool
def request_refund(runtime: Runtime) -> str:
    """Log the member's request for a refund of their own order; the seller decides."""
    return runtime.context.toolbox.run("request_refund", {})


@tool
def pass_custom_request(runtime: Runtime) -> str:
    """Pass a wish for something outside the catalogue to the seller."""
    return runtime.context.toolbox.run("pass_custom_request", {})


@tool
def hand_off(runtime: Runtime) -> str:
    """Hand the question to the seller, when the records do not answer it or the member wants a human."""
    return runtime.context.toolbox.run("hand_off", {})


@tool
def ask_back(question: str, runtime: Runtime) -> str:
    """Ask the member for what is missing, such as which product or how many."""
    return runtime.context.toolbox.run("ask_back", {"question": question})


@tool
def stay_silent(runtime: Runtime) -> str:
    """Say nothing, when the message is talk between members."""
    return runtime.context.toolbox.run("stay_silent", {})


TOOLS: dict[ToolName, BaseTool] = {
    "search_knowledge": search_knowledge,
    "log_order": log_order,
    "cancel_order": cancel_order,
    "order_status": order_status,
    "request_refund": request_refund,
    "pass_custom_request": pass_custom_request,
    "hand_off": hand_off,
    "ask_back": ask_back,
    "stay_silent": stay_silent,
}
"""Every tool by its name."""
