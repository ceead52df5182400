"""Sound from WAV files as a time series: how loud it is, or how loud in each band of frequencies.

A sound has thousands of numbers a second, so it is cut into as many equally long pieces as there are to be steps,
and every piece becomes one step:

- **Amplitude**: the root of the mean square of its samples. A signed mean would be near 0 for every tone.
- **Bands**: the same for the part of the piece in each band of frequencies, the bands equally wide on a logarithmic
  scale from 50 Hz (or one period per piece, if that is higher) to half the sampling rate. The squares of all bands
  together are the square of the amplitude, without what lies below the lowest band.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike

from rnnviz.document.series import Series
from rnnviz.document.values import Array, DocumentError

MAX_WAV_BYTES = 50_000_000
MAX_SOUND_STEPS = 10_000
MAX_BANDS = 64

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_LOWEST_HZ = 50.0
_MAX_CHANNELS = 64


class AudioError(DocumentError):
    """A sound cannot be read or used: one line that says what is wrong, where, and what to do."""


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """A recording, its channels mixed.

    Attributes:
        samples: from −1 to 1, (samples,), read-only.
        rate: samples a second.
        channels, bits: as they were in the file.
    """

    samples: Array
    rate: int
    channels: int
    bits: int

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / self.rate

    def describe(self) -> str:
        """Return how long it is and how it was stored, in words."""
        channels = {1: "mono", 2: "stereo, mixed"}.get(self.channels, f"{self.channels} channels, mixed")
        return f"{self.seconds:.3g} s · {self.rate:,} Hz · {self.bits} bits · {channels}"


# Reading


@dataclass(frozen=True, slots=True)
class _Format:
    tag: int
    channels: int
    rate: int
    bits: int


def read_wav(path: Path) -> Sound:
    """Return the sound in a WAV file: PCM of 8, 16, 24 or 32 bits, or 32-bit floating point.

    Raises:
        AudioError: the file cannot be opened, is over 50 MB, no WAV file, broken, compressed or empty.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_WAV_BYTES + 1)
    except OSError as error:
        raise AudioError(f"{path.name} cannot be opened: {error.strerror or error}. Check the file.") from error
    if len(content) > MAX_WAV_BYTES:
        raise AudioError(f"{path.name} is over {MAX_WAV_BYTES / 1e6:.0f} MB: cut out a shorter part.")
    try:
        return _sound(content)
    except AudioError as error:
        raise AudioError(f"{path.name} {error}") from error


def _sound(content: bytes) -> Sound:
    if len(content) < 12 or content[:4] != b"RIFF" or content[8:12] != b"WAVE":  # noqa: PLR2004 - the header
        raise AudioError("is not a WAV file: save the sound as WAV (PCM) first.")
    found: _Format | None = None
    for name, chunk in _chunks(content):
        if name == b"fmt ":
            found = _format(chunk)
        elif name == b"data":
            if found is None:
                raise AudioError("is broken: its samples come before their format. Save it again.")
            return _decoded(chunk, found)
    raise AudioError("has no samples: save the sound again.")


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    while at + 8 <= len(content):
        name, (size,) = content[at : at + 4], struct.unpack_from("<I", content, at + 4)
        if at + 8 + size > len(content):
            there = len(content) - at - 8
            raise AudioError(f"is cut off: {size:,} bytes are announced and {there:,} are there. Save it again.")
        yield name, content[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _format(chunk: bytes) -> _Format:
    if len(chunk) < 16:  # noqa: PLR2004 - bytes of the shortest format
        raise AudioError("is broken: its format is too short. Save it again.")
    tag, channels, rate, _, frame_bytes, bits = struct.unpack_from("<HHIIHH", chunk)
    if tag == _EXTENSIBLE and len(chunk) >= 26:  # noqa: PLR2004 - where the real tag stands
        (tag,) = struct.unpack_from("<H", chunk, 24)
    if (tag, bits) not in _KINDS:
        raise AudioError(f"is stored in a way that is not read (format {tag}, {bits} bits): save it as PCM of 16 bits.")
    if not 1 <= channels <= _MAX_CHANNELS or rate == 0 or frame_bytes != channels * bits // 8:
        raise AudioError(f"is broken: {channels} channels of {bits} bits at {rate} Hz. Save it again.")
    return _Format(tag, channels, rate, bits)


_KINDS: dict[tuple[int, int], tuple[DTypeLike, float]] = {  # how a sample is stored, and what is 1
    (_PCM, 8): (np.uint8, 128.0),
    (_PCM, 16): ("<i2", 2.0**15),
    (_PCM, 24): (np.uint8, 2.0**23),
    (_PCM, 32): ("<i4", 2.0**31),
    (_FLOAT, 32): ("<f4", 1.0),
}


def _decoded(data: bytes, found: _Format) -> Sound:
    kind, one = _KINDS[found.tag, found.bits]
    frame_bytes = found.channels * found.bits // 8
    frames = len(data) // frame_bytes
    if frames == 0:
        raise AudioError("has no samples: record something first.")
    stored = np.frombuffer(data[: frames * frame_bytes], kind)
    if found.bits == 24:  # noqa: PLR2004 - three bytes, the last one signed
        parts = stored.reshape(-1, 3).astype(np.int32)
        stored = parts[:, 0] | parts[:, 1] << 8 | (parts[:, 2] ^ 0x80) - 0x80 << 16
    numbers = stored.reshape(frames, found.channels).mean(axis=1, dtype=np.float64)
    samples: Array = (numbers - 128.0 if found.bits == 8 else numbers) / one  # noqa: PLR2004 - 8 bits have no sign
    if not np.isfinite(samples).all():
        raise AudioError("holds samples that are not finite: save it as PCM of 16 bits.")
    samples.setflags(write=False)
    return Sound(samples, found.rate, found.channels, found.bits)


# As a series


def amplitudes(sound: Sound, steps: int) -> Array:
    """Return the root of the mean square of each piece, (steps,)."""
    edges = _edges(sound, steps)
    sums: Array = np.add.reduceat(sound.samples**2, edges[:-1])
    return np.sqrt(sums / np.diff(edges))


def band_amplitudes(sound: Sound, steps: int, bands: int) -> tuple[Array, Array]:
    """Return the root of the mean square in each band, (steps, bands), and the edges of the bands in Hz.

    A piece is cut off hard, so a tone whose periods do not fill it leaks a little into other bands.
    """
    if not 1 <= bands <= MAX_BANDS:
        raise AudioError(f"bands: {bands} will not do; choose from 1 to {MAX_BANDS}.")
    edges = _edges(sound, steps)
    shortest = int(np.diff(edges).min())
    lowest, highest = max(_LOWEST_HZ, sound.rate / shortest), sound.rate / 2
    if lowest >= highest:
        raise AudioError(
            f"A step is {shortest} samples, too few to tell frequencies apart: choose fewer steps, or amplitude."
        )
    limits = np.geomspace(lowest, highest, bands + 1)
    energies = np.empty((steps, bands))
    for step, (start, stop) in enumerate(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)):
        energies[step] = _band_energies(sound.samples[start:stop], sound.rate, limits)
    return np.sqrt(energies), limits


def sound_series(sound: Sound, steps: int, bands: int | None) -> Series:
    """Return a sound as a series of so many steps: one feature, or one for each band."""
    if bands is None:
        names: tuple[str, ...] = ("amplitude",)
        values = amplitudes(sound, steps)[:, None]
    else:
        values, limits = band_amplitudes(sound, steps, bands)
        names = tuple(_band_name(low, high) for low, high in pairwise(limits.tolist()))
    values.setflags(write=False)
    return Series(names, values, "", ".", has_header=False)


def _edges(sound: Sound, steps: int) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Return where each piece starts, and the end of the last."""
    most = min(len(sound.samples), MAX_SOUND_STEPS)
    if not 2 <= steps <= most:  # noqa: PLR2004 - a series
        raise AudioError(f"steps: {steps:,} will not do for {len(sound.samples):,} samples; choose from 2 to {most:,}.")
    return np.linspace(0, len(sound.samples), steps + 1).astype(np.intp)


def _band_energies(samples: Array, rate: int, limits: Array) -> Array:
    """Return the mean square of the samples in each band; Parseval: all frequencies together are that of them all."""
    count = len(samples)
    energies = np.abs(np.fft.rfft(samples)) ** 2 / count**2
    energies[1 : (count + 1) // 2] *= 2.0  # and their mirror images
    frequencies = np.fft.rfftfreq(count, 1 / rate)
    band = np.clip(np.searchsorted(limits, frequencies, side="right") - 1, -1, len(limits) - 2)
    inside = band >= 0
    summed: Array = np.bincount(band[inside], energies[inside], minlength=len(limits) - 1).astype(np.float64)
    return summed


def _band_name(low: float, high: float) -> str:
    unit, one = ("kHz", 1000.0) if high >= 1000 else ("Hz", 1.0)  # noqa: PLR2004 - Hz
    return f"{low / one:.2g}\N{EN DASH}{high / one:.2g} {unit}" if one > 1 else f"{low:.0f}\N{EN DASH}{high:.0f} {unit}"
