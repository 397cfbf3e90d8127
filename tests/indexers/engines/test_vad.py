import sys
from pathlib import Path

import numpy as np
import pytest

from indexers.engines import vad
from indexers.engines.speech import SAMPLE_RATE
from media.errors import Rejected
from tests.indexers.engines.sound import hiss, said, silence, write_wav

LINE = "I never said that I would leave the house."


def test_two_lines_with_a_pause_are_two_spans(tmp_path: Path) -> None:
    line = said(LINE)
    path = write_wav(tmp_path / "a.wav", silence(1), line, silence(1.5), line, silence(1))
    first, second = vad.speech_spans(path)
    assert abs(first.start - SAMPLE_RATE) < 0.4 * SAMPLE_RATE
    assert abs(second.start - (2.5 * SAMPLE_RATE + len(line))) < 0.4 * SAMPLE_RATE
    assert second.end <= vad.length(path)


def test_silence_and_noise_are_no_speech(tmp_path: Path) -> None:
    assert vad.speech_spans(write_wav(tmp_path / "a.wav", silence(3))) == []
    assert vad.speech_spans(write_wav(tmp_path / "b.wav", hiss(3, 0.003))) == []
    assert vad.speech_spans(write_wav(tmp_path / "c.wav", silence(0))) == []


def test_quiet_far_speech_is_found_where_loud_speech_is(tmp_path: Path) -> None:
    loud = np.concatenate([silence(1), said(LINE), silence(1)])
    near = vad.speech_spans(write_wav(tmp_path / "near.wav", loud))
    far = vad.speech_spans(write_wav(tmp_path / "far.wav", loud * np.float32(0.01)))
    assert len(near) == len(far) == 1
    assert abs(near[0].start - far[0].start) < 0.2 * SAMPLE_RATE


def test_a_long_file_is_heard_in_windows_without_tearing_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = said(LINE)
    path = write_wav(tmp_path / "a.wav", *[silence(1), line] * 4, silence(1))
    whole = vad.speech_spans(path)
    monkeypatch.setattr(vad, "_WINDOW", 6 * SAMPLE_RATE)
    parts = vad.speech_spans(path)
    assert len(parts) == len(whole) == 4
    for part, span in zip(parts, whole, strict=True):
        assert abs(part.start - span.start) < 0.3 * SAMPLE_RATE
        assert abs(part.end - span.end) < 0.3 * SAMPLE_RATE


def test_reading_a_span_gives_its_samples(tmp_path: Path) -> None:
    line = said("Hello.")
    path = write_wav(tmp_path / "a.wav", silence(1), line)
    read = vad.read(path, vad.Span(SAMPLE_RATE, SAMPLE_RATE + len(line)))
    assert np.abs(read - line).max() < 1 / 16000


def test_a_file_that_is_no_such_wav_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(Rejected, match=r"sound\.wav is no WAV file"):
        vad.speech_spans(path)


def test_torchaudio_stays_out(tmp_path: Path) -> None:
    vad.speech_spans(write_wav(tmp_path / "a.wav", silence(1)))
    assert "torchaudio" not in sys.modules
