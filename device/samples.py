"""Samples inside DATA (P3.2): payload bytes <-> integer arrays, all frames of a read at once."""

from collections.abc import Sequence
from typing import cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from device.codes import Encoding
from device.messages import MOST_CHANNELS

Counts = NDArray[np.int16] | NDArray[np.int32]

# Plain numbers: comparing with a member of an enum costs as much as the array.
_U16, _P12 = int(Encoding.U16), int(Encoding.P12)
_WORD = np.dtype("<u2")
# A type that is a whole set spares the reshape, which costs as much as reading the buffer.
_WORD_SETS = cast("list[np.dtype[np.uint16]]", [np.dtype(("<u2", (n,))) for n in range(MOST_CHANNELS + 1)])
_SHORT_SETS = cast("list[np.dtype[np.int16]]", [np.dtype(("<i2", (n,))) for n in range(MOST_CHANNELS + 1)])


def payload_bytes(encoding: int, values: int) -> int:
    """Bytes that ``values`` samples (sets x channels) take (P3.4). Raises ``ValueError``."""
    if encoding == Encoding.U16:
        return 2 * values
    if encoding == Encoding.P12:
        return (3 * values + 1) // 2
    raise ValueError(f"encoding {encoding} is reserved: 0 (u16) and 1 (12 bits) are known")


def unpack_samples(payloads: Sequence[bytes], encoding: int, n_channels: int, bits: int = 16) -> Counts:
    """Payloads of consecutive DATA frames of one epoch -> counts, (n_sets, n_channels), 1 to 8 channels.

    int16 when ``bits`` <= 15 (INFO tells them), else int32. Raises ``ValueError`` on a reserved
    encoding, or payloads that are not whole sets.
    """
    if encoding == _U16:
        data = b"".join(payloads)
    elif encoding == _P12:
        data = _unpack_p12(payloads)
    else:
        raise ValueError(f"encoding {encoding} is reserved: 0 (u16) and 1 (12 bits) are known")
    if bits > 15:
        return np.frombuffer(data, _WORD_SETS[n_channels]).astype(np.int32)
    # A u16 below 2^15 has the same bytes as an i16, so the common case costs no copy.
    return np.frombuffer(data, _SHORT_SETS[n_channels])


def pack_samples(counts: ArrayLike, encoding: int) -> bytes:
    """Counts, (n_sets, n_channels) or flat -> payload bytes. Raises ``ValueError`` when one does not fit."""
    values = np.asarray(counts).reshape(-1)
    most = 0xFFFF if Encoding(encoding) == Encoding.U16 else 0xFFF
    if values.size and (values.min() < 0 or values.max() > most):
        raise ValueError(f"counts {values.min()} to {values.max()} do not fit 0 to {most}")
    if encoding == Encoding.U16:
        return values.astype("<u2").tobytes()
    return _pack_p12(values.astype(np.uint16))


def _unpack_p12(payloads: Sequence[bytes]) -> bytes:
    # A frame with an odd number of samples ends after two bytes: a third makes whole triples,
    # and the sample that it invents is taken out again.
    odd = [len(payload) % 3 == 2 for payload in payloads]
    whole = [payload + b"\0" if short else payload for payload, short in zip(payloads, odd, strict=True)]
    low, middle, high = np.frombuffer(b"".join(whole), dtype=np.uint8).reshape(-1, 3).T.astype(_WORD)
    words = np.empty(2 * len(low), dtype=_WORD)
    words[0::2] = low | (middle & 15) << 8
    words[1::2] = middle >> 4 | high << 4
    if any(odd):
        ends = np.cumsum([len(payload) // 3 * 2 for payload in whole])
        words = np.delete(words, ends[odd] - 1)
    return words.tobytes()


def _pack_p12(values: NDArray[np.uint16]) -> bytes:
    a, b = values[0::2], values[1::2]
    if len(a) > len(b):
        b = np.append(b, np.uint16(0))
    triples = np.stack([a & 255, (b & 15) << 4 | a >> 8, b >> 4], axis=1).astype(np.uint8)
    return triples.tobytes()[: payload_bytes(Encoding.P12, values.size)]
