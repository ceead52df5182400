import struct
import wave

import numpy as np
import pytest
from sounds import RATE, riff, wav_bytes

from rnnviz.document import audio
from rnnviz.document.audio import AudioError, amplitudes, band_amplitudes, read_wav, sound_series

RAMP = np.array([0.0, 0.25, -0.5, 0.75, -1.0])
FORMAT = struct.pack("<HHIIHH", 1, 1, RATE, 2 * RATE, 2, 16)


@pytest.fixture
def sound(tmp_path):
    """Return a function that writes bytes to a file and reads the sound in it."""

    def sound(content, name="tone.wav"):
        path = tmp_path / name
        path.write_bytes(content)
        return read_wav(path)

    return sound


def tone(hertz, seconds=1.0, height=0.5):
    return height * np.sin(2 * np.pi * hertz * np.arange(round(RATE * seconds)) / RATE)


@pytest.mark.parametrize(("bits", "tag"), [(8, 1), (16, 1), (24, 1), (32, 1), (32, 3)])
@pytest.mark.parametrize("extensible", [False, True])
def test_samples_of_every_kind_are_read_to_the_bit(sound, bits, tag, extensible):
    found = sound(wav_bytes(RAMP, bits=bits, tag=tag, extensible=extensible))
    np.testing.assert_array_equal(found.samples, RAMP)
    assert (found.rate, found.channels, found.bits) == (RATE, 1, bits)


def test_what_python_writes_is_read(tmp_path):
    path = tmp_path / "python.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(44100)
        file.writeframes(np.array([[100, 300], [-32768, 32767]], "<i2").tobytes())
    found = read_wav(path)
    np.testing.assert_array_equal(found.samples, [200 / 32768, -0.5 / 32768])
    assert found.describe() == "4.54e-05 s · 44,100 Hz · 16 bits · stereo, mixed"


def test_channels_are_mixed(sound):
    found = sound(wav_bytes([[0.5, -0.5], [0.25, 0.75]], channels=2))
    np.testing.assert_array_equal(found.samples, [0.0, 0.5])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not a WAV file"),
        (b"RIFF", "is not a WAV file"),
        (b"ID3" + bytes(100), "is not a WAV file"),
        (riff(), "has no samples"),
        (riff((b"fmt ", FORMAT)), "has no samples"),
        (riff((b"fmt ", FORMAT), (b"data", b"")), "has no samples"),
        (riff((b"data", b"1234"), (b"fmt ", FORMAT)), "samples come before their format"),
        (riff((b"fmt ", FORMAT[:10]), (b"data", b"1234")), "its format is too short"),
        (wav_bytes(RAMP)[:-3], "is cut off: 10 bytes are announced and 7 are there"),
        (wav_bytes(RAMP, bits=16, tag=17), "format 17, 16 bits"),
        (wav_bytes(RAMP, bits=16, channels=0), "0 channels"),
        (wav_bytes(RAMP, rate=0), "at 0 Hz"),
        (wav_bytes([np.nan, 0.0], bits=32, tag=3), "not finite"),
    ],
)
def test_a_file_that_is_no_sound_is_refused_by_name(sound, content, message):
    with pytest.raises(AudioError, match=rf"^broken\.wav .*{message}"):
        sound(content, "broken.wav")


def test_a_missing_file_is_refused_by_name(tmp_path):
    with pytest.raises(AudioError, match=r"none\.wav cannot be opened: No such file"):
        read_wav(tmp_path / "none.wav")


def test_a_file_that_is_too_large_is_refused_before_it_is_decoded(sound, monkeypatch):
    monkeypatch.setattr(audio, "MAX_WAV_BYTES", 50)
    with pytest.raises(AudioError, match=r"long\.wav is over 0 MB"):
        sound(wav_bytes(np.zeros(100)), "long.wav")


def test_the_amplitude_of_a_tone_is_its_height_over_root_2(sound):
    found = sound(wav_bytes(np.concatenate([tone(400), np.zeros(RATE)]), bits=32, tag=3))
    np.testing.assert_allclose(amplitudes(found, 4), [0.5 / np.sqrt(2)] * 2 + [0.0] * 2, rtol=1e-6)


def test_pieces_that_do_not_divide_the_sound_use_every_sample_once(sound):
    found = sound(wav_bytes(RAMP, bits=32, tag=3))
    np.testing.assert_allclose(amplitudes(found, 2) ** 2 * [2, 3], [0.0625, 0.25 + 0.5625 + 1.0])


def test_a_tone_is_in_its_band_and_all_bands_together_are_the_amplitude(sound):
    found = sound(wav_bytes(tone(1000), bits=32, tag=3))
    values, limits = band_amplitudes(found, 10, 4)
    assert values.shape == (10, 4)
    band = int(np.searchsorted(limits, 1000)) - 1
    np.testing.assert_allclose(values[:, band], 0.5 / np.sqrt(2), rtol=1e-6)
    np.testing.assert_allclose((values**2).sum(axis=1), amplitudes(found, 10) ** 2, rtol=1e-6)


def test_bands_are_equally_wide_on_a_logarithmic_scale(sound):
    _, limits = band_amplitudes(sound(wav_bytes(tone(1000))), 10, 5)
    np.testing.assert_allclose(limits[1:] / limits[:-1], (4000 / 50) ** 0.2)


def test_a_sound_is_a_series_with_a_name_for_each_band(sound):
    found = sound(wav_bytes(tone(1000)))
    assert sound_series(found, 20, None).names == ("amplitude",)
    series = sound_series(found, 20, 2)
    assert series.names == ("50\N{EN DASH}447 Hz", "0.45\N{EN DASH}4 kHz")
    assert series.values.shape == (20, 2)


@pytest.mark.parametrize(
    ("steps", "bands", "message"),
    [
        (1, None, "steps: 1 will not do for 8,000 samples; choose from 2 to 8,000"),
        (8001, None, "steps: 8,001 will not do"),
        (20, 0, "bands: 0 will not do"),
        (20, 65, "bands: 65 will not do"),
        (4000, 2, "A step is 2 samples, too few"),
    ],
)
def test_steps_and_bands_beyond_the_sound_are_refused(sound, steps, bands, message):
    found = sound(wav_bytes(tone(100)))
    with pytest.raises(AudioError, match=message):
        sound_series(found, steps, bands)
