"""What we know, as rows. Times are whole frames of the asset's own rate; spans are half-open.

drops      Story ← Item → Asset        what was dropped, and the content behind it
           Arrival, Expectation        what is not complete yet; what a manifest says of a file
the ledger StageRun                    one row per item and stage: all state there is
           Pause                       what starts nothing new
           Lease                       who has a role among many processes
of assets  Footage, Scan, Shot, Quality, SoundSpan, Line, Emotion, Cue, Clip,
           Embedding, ThumbnailVectors a clip's text, and an asset's thumbnails, as vectors
           Flag, PictureFlag           sensitive words and pictures (ScriptFlag: in a script);
           Approval                    … that a person has let out
of scripts Script, ScriptLine, Take, Cut
of both    Rendition                   files that we made
audit      AuditEntry, Notice, Told    what has happened, and who is told of it
of folders Root                        what each watch folder stands on

Facts are replaced as a whole by the stage that found them (catalog/facts.py), so every
fact row belongs to one asset (AssetFact) or to one script item (ScriptFact).
Everybody imports them from here.
"""

from catalog.models.audit import AuditEntry, Deed, Notice, Told
from catalog.models.drops import Arrival, Asset, Expectation, Item, Kind, Role, Story
from catalog.models.emotion import CHINESE, Label
from catalog.models.footage import (
    AssetFact,
    Clip,
    Cue,
    Embedding,
    Emotion,
    Footage,
    Line,
    Quality,
    Scan,
    Shot,
    SoundKind,
    SoundSpan,
    SpeakerBy,
    ThumbnailVectors,
)
from catalog.models.leases import Lease
from catalog.models.ledger import Pause, Scope, StageRun, Status
from catalog.models.moderation import AnyFlag, Approval, Flag, PictureFlag, ScriptFlag
from catalog.models.renditions import Rendition
from catalog.models.roots import Root
from catalog.models.scripts import Cut, Script, ScriptFact, ScriptLine, Take

__all__ = [
    "CHINESE",
    "AnyFlag",
    "Approval",
    "Arrival",
    "Asset",
    "AssetFact",
    "AuditEntry",
    "Clip",
    "Cue",
    "Cut",
    "Deed",
    "Embedding",
    "Emotion",
    "Expectation",
    "Flag",
    "Footage",
    "Item",
    "Kind",
    "Label",
    "Lease",
    "Line",
    "Notice",
    "Pause",
    "PictureFlag",
    "Quality",
    "Rendition",
    "Role",
    "Root",
    "Scan",
    "Scope",
    "Script",
    "ScriptFact",
    "ScriptFlag",
    "ScriptLine",
    "Shot",
    "SoundKind",
    "SoundSpan",
    "SpeakerBy",
    "StageRun",
    "Status",
    "Story",
    "Take",
    "ThumbnailVectors",
    "Told",
]
