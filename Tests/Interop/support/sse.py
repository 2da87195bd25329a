"""Server-sent events, read as the browser's specification says."""

from dataclasses import dataclass


@dataclass
class Event:
    data: str = ""
    id: str | None = None
    name: str = "message"
    retry: int | None = None


async def lines(chunks):
    """The lines of an asynchronous stream of bytes. Only CR, LF and CRLF end a line: U+2028 is text."""
    rest = b""
    async for chunk in chunks:
        rest += chunk
        # A CR at the very end may be the first half of a CRLF.
        complete = rest[:-1] if rest.endswith(b"\r") else rest
        *whole, last = complete.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        rest = last + rest[len(complete) :]
        for line in whole:
            yield line.decode()


async def events(chunks):
    """The events of an asynchronous stream of bytes, the ones with empty data included."""
    event, data, seen = Event(), [], False
    async for line in lines(chunks):
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
