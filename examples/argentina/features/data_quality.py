"""What the survey does not know."""

from tayanch import feature

from .needs import before, now
from .registries import households


@feature(theme="data_quality")
def interviewed_before():
    """Whether it was interviewed one quarter earlier too."""
    return before.exists()


@feature(theme="data_quality", unit="quarter")
def season():
    """The quarter of the year in which it was interviewed."""
    return now.latest(households.quarter)
