"""Permission levels, NetSuite's own five, in their order.

Source: NetSuite's permission documentation (None < View < Create < Edit < Full), documented. SuiteQL gives
the same levels as the strings "0" to "4" (several independent sources), SDF role XML as NONE to FULL (documented).
"""

from __future__ import annotations

import enum
from functools import total_ordering


@total_ordering
class Level(enum.Enum):
    """How much a permission lets its holder do. ``Level.NONE`` is the same as having no row at all."""

    NONE = "None"
    VIEW = "View"
    CREATE = "Create"
    EDIT = "Edit"
    FULL = "Full"

    rank: int

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Level):
            return NotImplemented
        return self.rank < other.rank

    @classmethod
    def parse(cls, text: str) -> Level | None:
        """The level that *text* names ("Full", "FULL", " full ", "4"), or None if it names none of the five."""
        return _BY_TEXT.get(text.strip().casefold())


for _rank, _level in enumerate(Level):
    _level.rank = _rank

_BY_TEXT = {level.value.casefold(): level for level in Level} | {str(level.rank): level for level in Level}
