"""Camera cards as cameras lay them out, with real media made by ffmpeg."""

import struct
import subprocess
from pathlib import Path

PACKET = 192  # bytes of a transport packet in an .MTS file, with its clock


def ffmpeg(target: Path, *options: str) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", *options, target], check=True)
    return target


def picture(target: Path, *options: str) -> Path:
    source = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=1"]
    return ffmpeg(target, *source, *options)


def p2(card: Path, channels: int = 4) -> Path:
    """A P2 card with the clip 0001AB."""
    contents = card / "CONTENTS"
    picture(contents / "VIDEO/0001AB.MXF", "-c:v", "mpeg2video", "-f", "mxf",
            "-timecode", "10:00:00:00")  # fmt: skip
    for channel in range(channels):
        sound = ["-f", "lavfi", "-i", f"sine=f={300 + 100 * channel}:d=1:r=48000"]
        ffmpeg(contents / f"AUDIO/0001AB{channel:02}.MXF", *sound, "-c:a", "pcm_s16le",
               "-f", "mxf_opatom")  # fmt: skip
    (contents / "CLIP").mkdir()
    audio = "<Audio><AudioFormat>MXF</AudioFormat></Audio>" * channels
    (contents / "CLIP/0001AB.XML").write_text(
        '<P2Main xmlns="urn:schemas-Professional-Plug-in:P2:ClipMetadata:v3.1"><ClipContent>'
        "<ClipName>0001AB</ClipName><EssenceList><Video><StartTimecode>10:00:00:00"
        f"</StartTimecode></Video>{audio}</EssenceList><ClipMetadata><UserClipName>Mayor at the "
        "bridge</UserClipName></ClipMetadata></ClipContent></P2Main>"
    )
    (contents / "LASTCLIP.TXT").write_text("0001AB\n")
    (contents / "ICON").mkdir()
    (contents / "ICON/0001AB.BMP").write_bytes(b"BM")
    return card


def xavc(card: Path) -> Path:
    """An XAVC card with the clip C0001."""
    root = card / "PRIVATE/M4ROOT"
    picture(root / "CLIP/C0001.MP4", "-c:v", "libx264", "-preset", "ultrafast")
    (root / "CLIP/C0001M01.XML").write_text(
        '<NonRealTimeMeta xmlns="urn:schemas-professionalDisc:nonRealTimeMeta:ver.2.00">'
        '<Title usAscii="Market"/><LtcChangeTable tcFps="25">'
        '<LtcChange frameCount="0" value="12055310" status="increment"/></LtcChangeTable>'
        "</NonRealTimeMeta>"
    )
    (root / "MEDIAPRO.XML").write_text("<MediaProfile/>")
    (root / "SUB").mkdir()
    (root / "SUB/C0001S03.MP4").write_bytes(b"low resolution")
    return card


def avchd(card: Path) -> Path:
    """An AVCHD card: 00000 goes on in 00001, 00002 is a clip of its own."""
    stream = card / "PRIVATE/AVCHD/BDMV/STREAM"
    whole = picture(card / "whole.mts", "-c:v", "libx264", "-preset", "ultrafast", "-g", "12",
                    "-f", "mpegts", "-mpegts_m2ts_mode", "1")  # fmt: skip
    data = whole.read_bytes()
    whole.unlink()
    half = len(data) // PACKET // 2 * PACKET
    stream.mkdir(parents=True)
    for name, part in (("00000", data[:half]), ("00001", data[half:]), ("00002", data)):
        (stream / f"{name}.MTS").write_bytes(part)
    playlist = stream.parent / "PLAYLIST"
    playlist.mkdir()
    (playlist / "00000.MPL").write_bytes(mpl([("00000", 1), ("00001", 6), ("00002", 1)]))
    (stream.parent / "INDEX.BDM").write_bytes(b"INDX0100")
    return card


def mpl(items: list[tuple[str, int]]) -> bytes:
    """A playlist of (stream, connection condition)."""
    body = struct.pack(">HHH", 0, len(items), 0)
    for name, condition in items:
        item = struct.pack(">5s4sHBII", name.encode(), b"M2TS", condition, 0, 0, 45000)
        body += struct.pack(">H", len(item)) + item
    return b"MPLS0100" + struct.pack(">II", 16, 0) + struct.pack(">I", len(body)) + body


def gopro(folder: Path) -> Path:
    """Two chapters of recording 0123."""
    for chapter in (1, 2):
        picture(folder / f"GH0{chapter}0123.MP4", "-c:v", "libx264", "-preset", "ultrafast")
    (folder / "GH010123.THM").write_bytes(b"thumbnail")
    return folder


def canon(card: Path) -> Path:
    """A Canon XF card: clip AA0001 in two files."""
    folder = card / "CONTENTS/CLIPS001/AA0001"
    for number in (1, 2):
        picture(folder / f"AA00010{number}.MXF", "-c:v", "mpeg2video", "-f", "mxf")
    (folder / "AA000101.XML").write_text("<clip/>")
    (folder / "AA000101.CIF").write_bytes(b"index")
    return card
