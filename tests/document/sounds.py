"""WAV files for tests, written byte by byte and independently of what reads them."""

import struct

import numpy as np

RATE = 8000


def wav_bytes(samples, *, bits=16, tag=1, rate=RATE, channels=1, extensible=False):
    """Return a WAV file of samples from −1 to 1, (frames,) or (frames, channels)."""
    flat = np.asarray(samples, dtype=np.float64).ravel()
    if tag == 3:
        data = flat.astype("<f4").tobytes()
    elif bits == 8:
        data = bytes(round(value * 128) + 128 for value in flat)
    else:
        whole = [round(value * 2 ** (bits - 1)) for value in flat]
        data = b"".join(value.to_bytes(bits // 8, "little", signed=True) for value in whole)
    form = (0xFFFE if extensible else tag, channels, rate, rate * channels * bits // 8, channels * bits // 8, bits)
    header = struct.pack("<HHIIHH", *form)
    if extensible:
        header += struct.pack("<HHIH", 22, bits, 0, tag) + bytes(14)
    return riff((b"fmt ", header), (b"LIST", b"odd"), (b"data", data))


def riff(*chunks):
    """Return a RIFF file of chunks, each a name and its content."""
    body = b"WAVE"
    for name, content in chunks:
        body += name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
    return b"RIFF" + struct.pack("<I", len(body)) + body
