import logging

import ffmpeg
import pytest

from config.settings import load
from ingest import programs
from media import encoding, hardware
from media.encoding import Codec, Encoder, Encoding


def test_x264_passes_the_test_that_devices_must_pass() -> None:
    assert hardware.trouble(Encoder.SOFTWARE) == ""


@pytest.mark.parametrize("device", hardware.DEVICES)
def test_a_device_is_used_only_when_it_encodes_and_else_is_told_of(
    device: Encoder, caplog: pytest.LogCaptureFixture
) -> None:
    hardware.choose.cache_clear()
    reason = hardware.trouble(device)
    with caplog.at_level(logging.WARNING, "stringout.hardware"):
        chosen = hardware.choose(str(device))
    assert chosen == (Encoder.SOFTWARE if reason else device)
    assert [record.getMessage() for record in caplog.records] == (
        [f"{device} can't encode here, x264 does it: {reason}"] if reason else []
    )
    settings = load(proxy={"encoder": str(device)})
    told = next(each for each in programs.examine(settings) if each.name == "H.264 encoder")
    assert told.ok == (not reason)
    assert reason in told.finding


def test_auto_takes_the_first_device_that_works_and_software_where_none_does() -> None:
    working = [device for device in hardware.DEVICES if not hardware.trouble(device)]
    assert hardware.choose("auto") == (working or [Encoder.SOFTWARE])[0]


@pytest.mark.parametrize("device", hardware.DEVICES)
def test_ffmpeg_knows_every_option_that_a_device_is_given(device: Encoder) -> None:
    """It refuses unknown options and values before it looks for the device."""
    picture = encoding.prepared(ffmpeg.input("testsrc2", f="lavfi"), Codec.H264, device)
    made = ffmpeg.output(
        picture, "file:/dev/null", format="null",
        **encoding.options(Encoding(max_mbit=2), device), **{"frames:v": 1},
    ).global_args(*encoding.device(device))  # fmt: skip
    _, said = _run(made)
    for word in ("Unrecognized option", "Option not found", "Undefined constant", "Error setting"):
        assert word not in said


def _run(made: object) -> tuple[bytes, str]:
    try:
        out, error = ffmpeg.run(made, capture_stdout=True, capture_stderr=True)
    except ffmpeg.Error as failed:
        return failed.stdout, failed.stderr.decode()
    return out, error.decode()
