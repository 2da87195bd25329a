"""What must happen in every cell of the matrix of eras. Each function is one scenario; its docstring is the outcome."""

from scenarios import asking, marking, reading, streaming

SCENARIOS = [*reading.SCENARIOS, *streaming.SCENARIOS, *asking.SCENARIOS, *marking.SCENARIOS]
