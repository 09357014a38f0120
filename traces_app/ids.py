"""Ids that follow from what they stand for, so that doing it again finds the same rows."""

import hashlib
from uuid import UUID


def uuid7_of(milliseconds: int, seed: bytes) -> UUID:
    """The UUIDv7 of this moment since 1970 whose other bits follow from ``seed``."""
    noise = int.from_bytes(hashlib.sha256(seed).digest())
    low = 0b10 << 62 | (noise & ((1 << 62) - 1))
    time = milliseconds & ((1 << 48) - 1)
    return UUID(int=time << 80 | 0x7 << 76 | (noise >> 62 & 0xFFF) << 64 | low)


def milliseconds_of(uuid7: UUID) -> int:
    """The moment that a UUIDv7 carries, in milliseconds since 1970."""
    return uuid7.int >> 80
