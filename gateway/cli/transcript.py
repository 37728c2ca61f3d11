"""Print a conversation: what the consumer wrote, and every part of the answer that LivePerson would act on."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape

from gateway.contract.wire import dumps


class Transcript:
    """Writes to a console: coloured on a terminal, plain in a pipe."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False, soft_wrap=True)

    def heading(self, text: str) -> None:
        """Print a heading."""
        self.console.print(f"\n[bold]{escape(text)}[/bold]")

    def note(self, text: str) -> None:
        """Print a remark of botbridge's own."""
        self.console.print(f"[dim]{escape(text)}[/dim]")

    def consumer(self, text: str) -> None:
        """Print what the consumer wrote."""
        self.console.print(f"  [cyan]consumer >[/cyan] {escape(text)}")

    def answer(self, answer: Mapping[str, Any]) -> None:
        """Print an answer of the custom-integration contract."""
        for message in answer["messages"]:
            self._message(message)
        context = answer["context"]
        if "intentId" in context:
            name = context.get("intentName", context["intentId"])
            self._line("intent", f"{name} ({context['confidenceScore']:.2f})", "dim")
        if "encodedMetadata" in context:
            self._line("metadata", context["encodedMetadata"], "dim")
        if "structuredContent" in context:
            self._line("rich", _compact(context["structuredContent"]), "magenta")
        if "action" in context:
            self._line("action", f"{context['action']} {_compact(context.get('actionParameters', {}))}", "yellow")

    def items(self, items: Iterable[Mapping[str, Any]]) -> None:
        """Print an answer of the Custom Endpoint."""
        for item in items:
            match item:
                case {"type": "TEXT", "data": {"message": text, "messageAudience": "AGENTS_AND_MANAGERS"}}:
                    self._line("private", text, "blue")
                case {"type": "TEXT", "data": {"message": text}}:
                    self._line("bot", text, "green")
                case {"type": "DELAY", "data": {"seconds": seconds}}:
                    self._line("delay", f"{seconds} s", "dim")
                case {"type": "ACTION", "data": {"name": name, "parameters": parameters}}:
                    self._line("action", f"{name} {_compact(parameters)}", "yellow")
                case {"data": data}:
                    self._message(data)

    def failure(self, name: str, error_id: str | None) -> None:
        """Print the error behind an escalation, or that ended a turn."""
        self._line("error", f"{name} (id {error_id})" if error_id else name, "red")

    def _message(self, message: Any) -> None:
        match message:
            case str():
                self._line("bot", message, "green")
            case {"delay": seconds, "typing": typing}:
                self._line("delay", f"{seconds} s{', typing' if typing else ''}", "dim")
            case {"text": text, "messageAudience": _}:
                self._line("private", text, "blue")
            case {"structuredContent": {"quickReplies": {"replies": replies}, "message": text}}:
                self._line("bot", text, "green")
                self._line("replies", "  ".join(f"[{reply.get('title')}]" for reply in replies), "magenta")
            case {"structuredContent": content}:
                self._line("rich", _compact(content), "magenta")
            case _:
                self._line("rich", _compact(message), "magenta")

    def _line(self, label: str, text: str, style: str) -> None:
        self.console.print(f"  [{style}]{label:>8} <[/{style}] {escape(text)}")


def _compact(value: Any) -> str:
    return dumps(value).decode()
