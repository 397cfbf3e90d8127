from itertools import pairwise

from catalog.models import Kind
from config.watching import Priority
from tasks.pipeline import PIPELINE, STAGES, priority


def test_every_stage_of_breaking_news_goes_before_every_stage_of_the_rest() -> None:
    order = [Priority.BULK, Priority.NORMAL, Priority.BREAKING]
    for lower, higher in pairwise(order):
        slowest = min(priority(stage, higher) for stage in STAGES)
        assert slowest > max(priority(stage, lower) for stage in STAGES)


def test_what_is_further_along_goes_first_and_ten_levels_are_enough() -> None:
    for item in Priority:
        levels = [priority(stage.name, item) for stage in PIPELINE[Kind.FOOTAGE]]
        assert levels == sorted(levels)
        assert 0 <= levels[0] < levels[-1] <= 9
