"""What a client's user and model say when a server asks."""

from support.visitors import Declined

ROOTS = {"roots": [{"uri": "file:///roots/raw", "name": "raw"}]}


def accept(**content):
    return {"action": "accept", "content": content}


def sampled(params):
    text = params["messages"][0]["content"]["text"]
    return {"role": "assistant", "content": {"type": "text", "text": f"sampled: {text}"}, "model": "test-model"}


def everything(method, params):
    """A client that answers whatever it is asked."""
    if method == "sampling/createMessage":
        return sampled(params)
    if method == "roots/list":
        return ROOTS
    assert method == "elicitation/create", method
    if params.get("mode") == "url":
        return {"action": "accept"}
    [part] = params["requestedSchema"]["properties"]
    return accept(**{part: {"name": "Ada", "colour": "green"}[part]})


def refusing(at, action):
    """Answers the first questions and takes this action at question number `at`, counted from 0."""
    asked = []

    def answering(method, params):
        asked.append(params)
        return {"action": action} if len(asked) > at else everything(method, params)

    return answering


def failing(method, params):
    raise Declined(-1, "the user rejected the request")


def named(name):
    """Answers for a user of this name, whose every answer shows whose it is."""

    def answering(method, params):
        answer = everything(method, params)
        return {**answer, "content": {key: name if key == "name" else f"{name}'s" for key in answer["content"]}}

    return answering
