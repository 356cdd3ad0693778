"""Loops compiled to machine code when they are first needed; no compiler need be installed. Numba's only door."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit, types

__all__ = ["compiled", "fused_part", "part", "types"]

part: Any = njit(error_model="numpy")
"""Makes a function a part of compiled ones. It must stand in their file, for only that is looked at for changes."""
fused_part: Any = njit(error_model="numpy", fastmath={"contract"}, forceinline=True)
"""A part of `fused` ones; a call of it costs nothing."""


def compiled(signature: Any = None, *, fused: bool = False) -> Callable[[Any], Any]:
    """Compiles a function once for all processes: the machine code is kept beside its file or in the user's cache.

    Where neither can be written to, nor the folder that NUMBA_CACHE_DIR names, each process compiles for itself.

    Args:
        signature: numba's own; if told, it is compiled where it stands, else when it is first called.
        fused: a product and a sum may be rounded once instead of twice; and other threads may run meanwhile.
    """
    options: dict[str, Any] = {"fastmath": {"contract"}, "nogil": True} if fused else {}

    def made(function: Any) -> Any:
        try:
            return njit(signature, cache=True, error_model="numpy", **options)(function)
        except RuntimeError:  # no place for a cache
            return njit(signature, error_model="numpy", **options)(function)

    return made
