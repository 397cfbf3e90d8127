"""One run from its doorbell to its end: claim, perform, publish, save, ring for what follows.

Everything can happen twice and counts once: the claim decides who works, the token decides
whose results are kept, and facts and "done" are one transaction. This file alone thinks
about crashes, retries and duplicates of runs.
"""

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from catalog import audit, claims, runs
from catalog import facts as saved
from catalog.audit import About
from catalog.claims import Claim
from catalog.database import Catalog
from catalog.models import Asset, Deed, Item, Kind, Rendition, StageRun, Status, Story
from catalog.places import about
from catalog.recovery import poisonous
from catalog.stories import INDEX, PARSE
from catalog.vectors import VectorStore
from catalog.work import Facts, Stage
from config.settings import Settings
from media.errors import Misconfigured, Rejected, TryLater
from tasks import changes, profiles
from tasks.doorbell import Doorbell, Ring
from tasks.gathering import Gatherings, Performer
from tasks.holds import holding, may_hold
from tasks.perform import Order, home, needing_the_catalog, work
from tasks.pipeline import STAGES, needs
from tasks.publish import Origin, announce, describe, make_durable, publish, scratch
from tasks.traces import Traces, tell
from tasks.wire import Died

_log = logging.getLogger("stringout.run")
_OPERATOR_SECONDS = 60.0


@dataclass
class Runner:
    """Runs stages for one owner. `perform` does it in this thread or in a child process."""

    settings: Settings
    catalog: Catalog
    vectors: VectorStore
    doorbell: Doorbell
    owner: str
    perform: Performer
    active: set[Claim] = field(default_factory=set)  # what runs here now
    abandon: Callable[[Claim], None] = lambda _claim: None  # end what no longer counts
    gatherings: Gatherings | None = None  # where several of a stage are performed at once
    traces: Traces = field(default_factory=Traces)

    def run(self, stage_name: str, item_id: int) -> None:
        """Answer one doorbell. Nothing happens when the run is not due or somebody has it."""
        claim = self._claim(stage_name, item_id)
        if claim is None:
            return
        others = self.gatherings.others(claim, self.settings) if self.gatherings else []
        if self.gatherings and others:
            self.gatherings.run([claim, *others], self._run)
        else:
            self._run(claim, self.perform)

    def give_way(self, claim: Claim) -> None:
        """End a run here that works on what is outdated (recovery.stale); what waited for its end
        starts."""
        with self.catalog.writing() as session:
            item = session.get_one(Item, claim.item_id)
            if item.replaced_at is not None:
                ended = claims.end(session, claim, claims.Ending(Status.SKIPPED, runs.REPLACED))
            else:
                ended = claims.put_back(session, claim, 0, "gave way", counts=False)
            rings = self._next(session, item) if ended else []
        if ended:
            self.abandon(claim)
            self.doorbell.ring(rings)
            self._say(item, claim, "ended: what it works on has changed")

    def _run(self, claim: Claim, perform: Performer) -> None:
        stage_name, item_id = claim.stage, claim.item_id
        self.active.add(claim)
        try:
            with self.traces.run(claim):
                self._perform(claim, perform)
        except DBAPIError as error:
            _log.warning(
                "%s of item %d can't be written down (%s): it runs again when its lease has ended",
                stage_name, item_id, error.orig, extra=_extra(stage_name, item_id),
            )  # fmt: skip
        finally:
            self.active.discard(claim)

    def _perform(self, claim: Claim, perform: Performer) -> None:
        stage_name, item_id = claim.stage, claim.item_id
        seen = ""
        try:
            with needing_the_catalog(), self.catalog.reading() as session:
                seen = changes.inputs(session, self.settings, item_id, stage_name)
                work = self._work(session, item_id, seen)
            with scratch(work.output, claim) as folder:
                self._attempt(claim, work, folder, perform)
        except Rejected as error:
            self._fail(claim, str(error), seen, Deed.REJECTED)
        except Misconfigured as error:
            self._put_back(claim, _OPERATOR_SECONDS, str(error), counts=False)
        except TryLater as error:
            self._later(claim, str(error), error.seconds, seen)
        except Died as error:
            self._died(claim, str(error), seen)
        except DBAPIError:
            raise
        except Exception as error:  # noqa: BLE001 - a crash of a stage costs one attempt
            self._later(claim, f"{stage_name} broke: {error or type(error).__name__}", None, seen)
            where = _extra(stage_name, item_id)
            _log.debug("%s of item %d", stage_name, item_id, exc_info=error, extra=where)

    def _claim(self, stage: str, item_id: int) -> Claim | None:
        """None: nothing to do."""
        lease = self.settings.lanes.lease_seconds
        try:
            with self.catalog.writing() as session:
                queue = STAGES[stage].queue.value
                return claims.claim(session, item_id, stage, self.owner, lease, queue)
        except DBAPIError as error:
            where = _extra(stage, item_id)
            _log.warning(
                "%s of item %d can't be claimed now (%s)", stage, item_id, error.orig, extra=where
            )
            return None  # it is still queued; the sweep rings again

    def _work(self, session: Session, item_id: int, seen: str) -> "_Work":
        item = session.get_one(Item, item_id)
        story = session.get_one(Story, item.story_id)
        asset = session.get(Asset, item.asset_id) if item.asset_id else None
        place = home(session, item)  # now: the stage may make a newer version of a cut
        output = self.settings.output_of(story.output)
        return _Work(item, asset.checksum if asset else "", output, place, seen)

    def _attempt(self, claim: Claim, work: "_Work", folder: Path, perform: Performer) -> None:
        stage, item, output, place = STAGES[claim.stage], work.item, work.output, work.place
        if self._held(stage, claim, item):
            return
        if not stage.needs:
            profiles.require_wanted(self.settings.folder(item.root), item)
        facts = perform(stage, Order(claim.item_id, stage.name, folder, claim.token))
        origin = Origin(claim.item_id, stage, facts.checksum or work.checksum)
        made = describe(folder, place, origin, facts)
        make_durable(folder, facts)
        if facts.points is not None:
            assert item.asset_id is not None
            self.vectors.replace(item.asset_id, facts.points)
        result = _Result(facts, made, folder, output, place, work.seen)
        end = self.catalog.write(
            lambda session: self._save(session, stage, claim, result),
            stop=lambda: claim not in self.active,
        )
        if end is None:
            where = _extra(claim.stage, claim.item_id)
            _log.warning(
                "%s of item %d was taken over by another worker", *_key(claim), extra=where
            )
            return
        self.doorbell.ring(end.rings)
        self._say(end.item, claim, end.message)
        for path in end.gone:
            (output / path).unlink(missing_ok=True)

    def _save(
        self, session: Session, stage: Stage, claim: Claim, result: "_Result"
    ) -> "_Saved | None":
        """All that a run leaves, and its end, or nothing. None: the run is no longer ours."""
        facts = result.facts
        if self._is_late(session, claim, stage, facts):
            return self._identified_again(session, claim)
        status = Status.SKIPPED if facts.skipped else Status.DONE
        ending = claims.Ending(status, facts.message, stage.version, result.seen)
        runs.lock(session, claim.item_id)  # first: who saves and who follows take it in one order
        if not claims.end(session, claim, ending):
            return None
        announce(result.folder, result.made)
        publish(result.folder, result.output / result.place, facts)
        item = session.get_one(Item, claim.item_id)
        first = self._identify(session, item, stage, facts) if facts.checksum else None
        wider: list[Ring] = []
        if first:
            runs.skip_waiting(session, claim.item_id, f"same content as {first.path}")
            wider = profiles.take_up(session, self.settings.folder(item.root), first)
        if stage.name in changes.ALONE and saved.is_news(session, item, stage, facts):
            runs.outdate(session, claim.item_id, stage.name, needs(item.kind))
        saved.save(session, item, stage, facts)
        gone = saved.record(session, result.place, result.made)
        rings = self._follow(session, item, stage.name, known=first is not None)
        self._record(session, item, stage, facts, any(ring.item_id == item.id for ring in rings))
        message = f"same content as {first.path}" if first else facts.message
        return _Saved(item, message, rings + wider, gone)

    def _is_late(self, session: Session, claim: Claim, stage: Stage, facts: Facts) -> bool:
        """Whether a stage that was to identify new content found content that is known: two
        copies came at the same moment."""
        if not stage.needs or not facts.checksum:
            return False
        return saved.is_elsewhere(session, session.get_one(Item, claim.item_id), facts.checksum)

    def _identified_again(self, session: Session, claim: Claim) -> "_Saved | None":
        """Nothing of this run is kept; the first stage says whose copy it is."""
        runs.lock(session, claim.item_id)
        item = session.get_one(Item, claim.item_id)
        reason = "its content is known by now"
        runs.again(session, claim.item_id, changes.IDENTITY, needs(item.kind), reason)
        if not claims.end(session, claim, claims.Ending(Status.SKIPPED, reason)):
            return None
        return _Saved(item, reason, self._next(session, item), [])

    def _record(
        self, session: Session, item: Item, stage: Stage, facts: Facts, follows: bool
    ) -> None:
        """What was made, and that an item has nothing left to do, for the audit log. `follows`:
        something of it starts now."""
        assert item.id is not None
        if facts.skipped:
            return
        details = {
            "version": stage.version, "engine": facts.engine, "files": len(facts.files),
            "settings": audit.digest(facts.settings),
        }  # fmt: skip
        settled = not follows and runs.all_settled(session, item.id)
        about = About(item, stage.name)
        audit.record(session, Deed.MADE, facts.message, about, details=details)
        if settled:
            details = {"kind": item.kind}
            audit.record(session, Deed.DONE, facts.message, About(item), details=details)

    def _identify(self, session: Session, item: Item, stage: Stage, facts: Facts) -> Item | None:
        """The item that stands for this content if it isn't this one. Other content than before
        makes what was made of it again."""
        before = session.get(Asset, item.asset_id) if item.asset_id else None
        known_as = before.checksum if before else facts.checksum
        first = saved.identify(session, item, facts.checksum, facts.sampled)
        if first is None and known_as != facts.checksum and not stage.needs:
            runs.outdate(session, item.id or 0, stage.name, needs(item.kind))
        return first

    def _follow(self, session: Session, item: Item, stage: str, known: bool) -> list[Ring]:
        """What starts now: the item's next stages, this one again, scripts of the story."""
        rings = changes.check(session, self.settings, [item])
        if item.kind == Kind.FOOTAGE and (stage == INDEX or known):
            rings += changes.footage_settled(session, self.settings, item)
        if stage == PARSE:
            rings += changes.script_parsed(session, self.settings, item)
        return rings

    def _held(self, stage: Stage, claim: Claim, item: Item) -> bool:
        """Put the run back if its stage must not start yet.

        Asked and put back in one transaction: what ends the hold while it is asked finds the
        run waiting, and wakes it.
        """
        if not may_hold(stage, self.settings.folder(item.root)):
            return False
        with self.catalog.writing() as session:
            hold = holding(stage, work(session, self.settings, claim.item_id, Path()))
            if hold:
                item = session.get_one(Item, claim.item_id)
                told = session.get_one(StageRun, (claim.item_id, claim.stage)).message
                claims.put_back(session, claim, hold.seconds, hold.reason, counts=False)
                rings = self._next(session, item)
        if hold:
            self.doorbell.ring(rings)
            if hold.reason != told:
                self._say(item, claim, hold.reason)
        return hold is not None

    def _later(self, claim: Claim, reason: str, seconds: float | None, seen: str) -> None:
        """Try again: after `seconds` without using up an attempt, else with back-off."""
        if seconds is not None:
            jitter = random.uniform(1, 1.25)  # noqa: S311 - as below
            self._put_back(claim, seconds * jitter, reason, counts=False)
        elif claim.attempt >= self.settings.lanes.attempts:
            self._fail(claim, f"{reason} (tried {claim.attempt} times)", seen, Deed.FAILED)
        else:
            self._put_back(claim, self._back_off(claim), reason, counts=True)

    def _died(self, claim: Claim, how: str, seen: str) -> None:
        """The child process is gone: once more, but a run that always kills it is stopped."""
        attempts = self.settings.lanes.attempts
        if claim.deaths + 1 >= attempts:
            self._fail(claim, f"{poisonous(claim.deaths + 1)} ({how})", seen, Deed.FAILED)
        elif claim.attempt >= attempts:
            self._fail(claim, f"{how} (tried {claim.attempt} times)", seen, Deed.FAILED)
        else:
            self._put_back(claim, self._back_off(claim), how, counts=True, died=True)

    def _back_off(self, claim: Claim) -> float:
        """Seconds: twice as long each time, and never the same for two that failed together."""
        longest: float = min(self.settings.lanes.retry_ceiling_seconds, 2.0**claim.attempt)
        return longest * random.uniform(0.5, 1)  # noqa: S311 - jitter

    def _put_back(
        self, claim: Claim, seconds: float, reason: str, *, counts: bool, died: bool = False
    ) -> None:
        with self.catalog.writing() as session:
            if not claims.put_back(session, claim, seconds, reason, counts=counts, died=died):
                return
            item = session.get_one(Item, claim.item_id)
            rings = self._next(session, item)
        self._say(item, claim, f"{reason}; tried again in {seconds:.0f} s", logging.WARNING)
        self.doorbell.ring(rings)

    def _fail(self, claim: Claim, reason: str, seen: str, deed: Deed) -> None:
        ending = claims.Ending(Status.FAILED, reason, STAGES[claim.stage].version, seen)
        with self.catalog.writing() as session:
            if not claims.end(session, claim, ending):
                return
            item = session.get_one(Item, claim.item_id)
            audit.record(session, deed, reason, About(item, claim.stage))
            rings = self._next(session, item)
            if item.kind == Kind.FOOTAGE:
                rings += changes.footage_settled(session, self.settings, item)
        self._say(item, claim, reason, logging.ERROR)
        self.doorbell.ring(rings)

    def _next(self, session: Session, item: Item) -> list[Ring]:
        """Stages of the item that waited only for this run to stop."""
        assert item.id is not None
        return [Ring(item.id, stage) for stage in runs.promote(session, item.id, needs(item.kind))]

    def _say(self, item: Item, claim: Claim, message: str, level: int = logging.INFO) -> None:
        _log.log(level, "%s", message, extra=about(item, claim.stage))
        tell(item, claim.stage, message, level)


@dataclass(frozen=True)
class _Work:
    """Where the work of an item goes."""

    item: Item
    checksum: str  # of the original, "" of a script
    output: Path  # the output folder of its story
    place: str  # relative to it
    seen: str  # Sensitive.inputs, before the run


@dataclass(frozen=True)
class _Result:
    facts: Facts
    made: list[Rendition]
    folder: Path  # the scratch folder
    output: Path  # of the story
    place: str  # relative to the output folder
    seen: str  # Sensitive.inputs, before the run


@dataclass(frozen=True)
class _Saved:
    item: Item
    message: str
    rings: list[Ring]  # what starts now
    gone: list[str]  # files of the last time that are no longer made


def _key(claim: Claim) -> tuple[str, int]:
    return claim.stage, claim.item_id


def _extra(stage: str, item_id: int) -> dict[str, object]:
    """What a line carries where the item itself can't be asked for."""
    return {"item": item_id, "stage": stage}
