"""The files that the decoding pass makes to be looked at: one for each profile."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ffmpeg

from catalog.models import Footage
from catalog.places import PICTURE_PROXY, ladder_folder, proxy_name
from catalog.work import File
from config.footage import AnyProfile, Ladder, Profile
from config.settings import Settings
from indexers.shape import proxy_size
from media import encoding, hardware, ladder
from media.encoding import Codec, Encoder
from media.timecode import Timecode, nominal

AAC: Mapping[str, Any] = {"acodec": "aac", "b:a": "128k", "ac": 2}
_PCM: Mapping[str, Any] = {"acodec": "pcm_s16le", "ac": 2}
# Bits a pixel at most. Camera noise, which is the worst to compress, needs 0.37 at crf 23.
_BITS, _BITS_ALONE = 0.5, 1.5  # _ALONE: where every frame is a key frame


@dataclass(frozen=True)
class Proxies:
    """What to make. `playing` is the one that pages play; `also`: those beside it, by name."""

    playing: Profile = field(default_factory=Profile)
    also: Mapping[str, AnyProfile] = field(default_factory=dict)
    encoder: Encoder = Encoder.SOFTWARE
    threads: int = 0

    @classmethod
    def of(cls, settings: Settings) -> "Proxies":
        """As the settings say; a device that does not encode is left (media/hardware.py)."""
        proxy = settings.proxy
        also = {name: settings.profiles[name] for name in proxy.also}
        threads = proxy.threads or settings.lanes.threads
        return cls(settings.playing, also, hardware.choose(proxy.encoder), threads)

    @property
    def every(self) -> Iterator[tuple[str, AnyProfile]]:
        """Each file or folder to make, with its profile; what plays is the first."""
        yield PICTURE_PROXY, self.playing
        for name, profile in self.also.items():
            if isinstance(profile, Ladder):
                yield ladder_folder(name), profile
            else:
                yield proxy_name(name, profile.plays), profile

    def dump(self) -> dict[str, Any]:
        """For the provenance of the files."""
        also = {name: profile.model_dump(mode="json") for name, profile in self.also.items()}
        return {**self.playing.model_dump(mode="json"), "encoder": self.encoder, "also": also}


@dataclass(frozen=True)
class Streams:
    """What goes into one proxy: upright frames at `height`, and sound or none."""

    picture: Any
    sound: Any | None
    footage: Footage


def height_of(profile: AnyProfile, footage: Footage) -> int:
    """How many pixels its largest picture has on the shorter side at most."""
    if isinstance(profile, Profile):
        return profile.height
    return max(min(rung.width, rung.height) for rung in _rungs(profile, footage))


def output(shown: Streams, profile: AnyProfile, target: Path, proxies: Proxies) -> Any:
    """An ffmpeg-python output that writes `target`, a file or the folder of a ladder."""
    if isinstance(profile, Ladder):
        return _ladder(shown, profile, target, proxies.threads)
    return _file(shown, profile, target, proxies)


def files(name: str, profile: AnyProfile, folder: Path) -> list[File]:
    """What was made of it, as it is published."""
    if isinstance(profile, Ladder):
        made = sorted((folder / name).iterdir())
        return [File(f"{name}/{path.name}", "ladder") for path in made]
    return [File(name, "proxy")]


def expected_bytes(profile: AnyProfile, footage: Footage) -> int:
    """How much room the picture takes at most."""
    seconds = footage.frames / footage.rate
    if isinstance(profile, Ladder):
        return int(sum(rung.max_mbit for rung in profile.rungs) * 1e6 / 8 * seconds)
    width, height = proxy_size(footage, profile.height)
    alone = profile.codec is not Codec.H264 or not profile.key_seconds
    return int(width * height * footage.frames * (_BITS_ALONE if alone else _BITS) / 8)


def _file(shown: Streams, profile: Profile, target: Path, proxies: Proxies) -> Any:
    footage, picture = shown.footage, shown.picture
    if profile.burn_timecode:
        picture = _burnt(picture, footage, profile)
    options = {
        **encoding.options(
            profile.encoding(nominal(footage.rate), proxies.threads), proxies.encoder
        ),
        "r": str(footage.rate), "fps_mode": "cfr", "map_metadata": -1,
        "video_track_timescale": footage.rate.numerator, "movflags": "+faststart",
    }  # fmt: skip
    if footage.has_timecode:
        options["timecode"] = str(_start(footage))
    streams = [encoding.prepared(picture, profile.codec, proxies.encoder)]
    if shown.sound is not None:
        streams.append(shown.sound)
        options |= AAC if profile.sound == "aac" else _PCM
    return ffmpeg.output(*streams, f"file:{target}", **options)


def _ladder(shown: Streams, profile: Ladder, target: Path, threads: int) -> Any:
    footage = shown.footage
    rungs = _rungs(profile, footage)
    shape = ladder.Shape(
        footage.rate, profile.segment_seconds, profile.crf, profile.preset, threads
    )
    return ladder.output(shown.picture, shown.sound, rungs, shape, target)


def _rungs(profile: Ladder, footage: Footage) -> list[ladder.Rung]:
    return ladder.fitted(footage.width, footage.height, profile.wanted)


def _start(footage: Footage) -> Timecode:
    return Timecode(footage.start_frame, footage.rate, footage.drop_frame)


def _burnt(picture: Any, footage: Footage, profile: Profile) -> Any:
    """The timecode of every picture, white on black at its lower edge."""
    size = proxy_size(footage, profile.height)[1] // 18
    return picture.filter(
        "drawtext", timecode=str(_start(footage)), rate=str(footage.rate),
        font="DejaVu Sans Mono", fontsize=size, fontcolor="white", box=1, boxcolor="black@0.6",
        boxborderw=size // 4, x="(w-tw)/2", y="h-2*th",
    )  # fmt: skip
