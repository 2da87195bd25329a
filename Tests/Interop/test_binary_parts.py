"""What the program is made of."""

from pathlib import Path

import pytest

# ICU is 38 MB, and comes with Foundation.
UNWANTED = [b"libFoundation.so", b"lib_FoundationICU", b"icudt"]


@pytest.mark.parametrize("part", UNWANTED, ids=lambda part: part.decode())
def test_the_program_is_made_without(binary, part):
    """Whether what it needs is linked in, or looked for when it starts."""
    content = Path(binary).read_bytes()
    assert b"FoundationEssentials" in content, "what is looked for would be found"
    assert part not in content
