"""On the PYTHONPATH of the chaos test's processes: every one of them, children included, has the
cheap stages."""

from tests.chaos import stages

stages.install()
