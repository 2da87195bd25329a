"""Server-sent events, read as the browser's specification says."""

from dataclasses import dataclass


@dataclass
class Event:
    data: str = ""
    id: str | None = None
    name: str = "message"
    retry: int | None = None


async def events(lines):
    """The events of an asynchronous stream of lines, the ones with empty data included."""
    event, data, seen = Event(), [], False
    async for line in lines:
        if line == "":
            if seen:
                event.data = "\n".join(data)
                yield event
            event, data, seen = Event(), [], False
            continue
        if line.startswith(":"):
            continue
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        seen = True
        match field:
            case "data":
                data.append(value)
            case "id":
                event.id = value
            case "event":
                event.name = value
            case "retry":
                event.retry = int(value)
