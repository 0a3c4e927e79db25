"""How large a spec may become when its loops and blocks are expanded."""

from typing import Final

MAX_LAYERS: Final = 1_000_000
MAX_VISITS: Final = 3_000_000
"""The most entries that an expansion may visit, each round of a loop counted anew."""
MAX_BLOCKS: Final = 50
"""The deepest nesting of blocks."""
MAX_NESTING: Final = 80
"""The deepest nesting of groups and blocks, so that walking them cannot exhaust the stack."""
