"""How the stages of a lane are performed: in child processes, one per thread that holds a run, so
that a crash costs one attempt, whatever hangs can be ended, and a limit is kept."""

from collections.abc import Sequence

from catalog.claims import Claim
from catalog.work import Facts, Queue, Stage
from config.settings import Settings
from indexers import choice
from media.errors import Misconfigured
from tasks.children import Children
from tasks.devices import devices
from tasks.perform import Order
from tasks.pipeline import STAGES

_BESIDE = 2  # runs of the gpu lane on a host without a GPU


class Lane:
    """One queue and its child processes, which are started when they are needed."""

    def __init__(self, settings: Settings, gpus: Sequence[str] = ()) -> None:
        self._limits = settings.lanes.limits
        self._children = Children(settings, gpus)

    def perform_together(self, stage: Stage, orders: Sequence[Order]) -> list[Facts]:
        """Run a stage in a child for at most its time limit, which each of several orders has."""
        limit = self._limits.get(stage.name, stage.limit)
        with self._children.borrowed() as child:
            return child.perform_together(orders, limit * len(orders))

    def use(self, settings: Settings) -> None:
        """Perform under other settings what begins from now on."""
        self._limits = settings.lanes.limits
        self._children.use(settings)

    def abandon(self, claim: Claim) -> None:
        """End the child that works on a claim which no longer holds."""
        self._children.abandon(claim.item_id, claim.stage, claim.token)

    def tend(self) -> None:
        """Give the memory of idle children back."""
        self._children.end_idle()

    def kill(self) -> None:
        """End the children now."""
        self._children.kill()


class Lanes:
    """The lanes of one process."""

    def __init__(self, settings: Settings) -> None:
        # The other lanes see no GPU: its memory is the gpu lane's to share out.
        self._lanes = {
            queue: Lane(settings, devices() if queue == Queue.GPU else ()) for queue in Queue
        }

    def perform(self, stage: Stage, order: Order) -> Facts:
        """Run a stage where its lane runs it."""
        return self.perform_together(stage, [order])[0]

    def perform_together(self, stage: Stage, orders: Sequence[Order]) -> list[Facts]:
        """The same for several orders of a stage."""
        return self._lanes[stage.queue].perform_together(stage, orders)

    def use(self, settings: Settings) -> None:
        """Perform under other settings what begins from now on."""
        for lane in self._lanes.values():
            lane.use(settings)

    def abandon(self, claim: Claim) -> None:
        """End what works on a claim that no longer holds."""
        self._lanes[STAGES[claim.stage].queue].abandon(claim)

    def tend(self) -> None:
        """Give the memory of idle children back."""
        for lane in self._lanes.values():
            lane.tend()

    def kill(self) -> None:
        """End all children now."""
        for lane in self._lanes.values():
            lane.kill()


def width(settings: Settings, queue: Queue) -> int:
    """How many runs of a lane at once, in one process."""
    lanes = settings.lanes
    if queue == Queue.GPU:
        return lanes.gpu or len(devices()) or _without_gpu(settings)
    return lanes.io if queue == Queue.IO else lanes.scans


def _without_gpu(settings: Settings) -> int:
    """The gpu lane's work is the processor's then. An engine that uses one core runs beside
    another; a large model takes all cores, and much memory, by itself."""
    try:
        is_small = choice.choose(settings.transcript).weights is None
    except Misconfigured:  # said by who opens the room, which then takes no work
        return 1
    small = is_small and settings.chat.engine != "transformers"
    return min(_BESIDE, settings.lanes.scans) if small else 1
