"""How long a picture of a cut takes to come from a service, and in a process of its own."""

import os
import random
import statistics
import subprocess
import sys
import time
from http.client import HTTPConnection

from catalog.database import Catalog
from config.settings import Settings
from ingest.pictureserver import PictureServer
from renderers.sequence import Sequence as Cut

GOAL = 0.050  # seconds, the median
_APART = 0.25  # seconds between two pictures: a person who looks


def previews(settings: Settings, cut: Cut, asked: int) -> bool:
    """Print the distributions; whether the goal was missed."""
    catalog = Catalog(settings.database_url)
    pictures = PictureServer(settings, catalog)
    pictures.tend()
    order = random.Random(5)
    frames = [order.randrange(cut.duration) for _ in range(asked)]
    rows = {}
    try:
        connection = HTTPConnection("127.0.0.1", pictures.port)
        for name, query in (("plain", ""), ("title, subtitles", "?title=true&subtitles=true")):
            for frame in frames:  # opens the proxies, brings the clips
                _one(connection, f"{frame}.jpg{query}")
            time.sleep(3)
            rows[f"service, {name}"] = [_one(connection, f"{n}.jpg{query}") for n in frames]
        clips = [f"{event.record_in}.strip.jpg" for event in cut.events[:asked]]
        for name in ("first", "again"):
            rows[f"filmstrip, {name}"] = [_one(connection, clip) for clip in clips]
    finally:
        pictures.stop()
        catalog.close()
    alone = 2 if asked < 20 else 5
    rows["a process each"] = [_process(settings, frame) for frame in frames[:alone]]
    print(f"\n| a picture, a clip's filmstrip; {asked} each | median ms | 95 % below | slowest |")
    print("|---|---|---|---|")
    for name, took in rows.items():
        ms = sorted(1000 * each for each in took)
        high = ms[int(0.95 * (len(ms) - 1))]
        print(f"| {name} | {statistics.median(ms):.0f} | {high:.0f} | {ms[-1]:.0f} |")
    first = statistics.median(rows["service, plain"])
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    return first > GOAL


def _one(connection: HTTPConnection, wanted: str) -> float:
    time.sleep(_APART)
    begun = time.perf_counter()
    connection.request("GET", f"/story/{wanted}")
    answer = connection.getresponse()
    content = answer.read()
    took = time.perf_counter() - begun
    if answer.status != 200:
        raise RuntimeError(content.decode())
    return took


def _process(settings: Settings, frame: int) -> float:
    folder = settings.folders.state
    config = folder / "stringout.toml"
    config.write_text(
        f'[[watch]]\nname = "drop"\npath = "{settings.watch[0].path}"\n'
        f'[folders]\nstate = "{folder}"\noutput = "{settings.folders.output}"\n'
    )
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "ingest", "preview", "story", "--frame", str(frame), "--config",
         str(config), "--output", str(folder / "one.jpg")],
        check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    return time.perf_counter() - begun
