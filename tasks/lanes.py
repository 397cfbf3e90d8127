"""How the stages of a lane are performed: in child processes, one per thread that holds a run, so
that a crash costs one attempt, whatever hangs can be ended, and a limit is kept."""

from catalog.runs import Claim
from catalog.work import Facts, Queue, Stage
from config.settings import Settings
from tasks.children import Children
from tasks.perform import Order
from tasks.pipeline import STAGES


class Lane:
    """One queue and its child processes, which are started when they are needed."""

    def __init__(self, settings: Settings) -> None:
        self._limits = settings.lanes.limits
        self._children = Children(settings)

    def perform(self, stage: Stage, order: Order) -> Facts:
        """Run a stage in a child for at most its time limit."""
        limit = self._limits.get(stage.name, stage.limit)
        with self._children.borrowed() as child:
            return child.perform(order, limit)

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
        self._lanes = {queue: Lane(settings) for queue in Queue}

    def perform(self, stage: Stage, order: Order) -> Facts:
        """Run a stage where its lane runs it."""
        return self._lanes[stage.queue].perform(stage, order)

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
    return {Queue.IO: lanes.io, Queue.CPU: lanes.cpu, Queue.GPU: lanes.gpu}[queue]
