"""The clip cache in three tiers: frames in memory, clips on a local disk, proxies on the share.

`Cache.of(settings)` is all that others need; `media` and `frames` ask for a clip.
"""

from catalog.cache.cache import Cache
from catalog.cache.excerpt import Excerpt, Media, Tier, Whole

__all__ = ["Cache", "Excerpt", "Media", "Tier", "Whole"]
