"""Shared by the property tests: the number of cases for each, and the count of those run.

`make test` runs a few of each; the profile "fuzz" (HYPOTHESIS_PROFILE=fuzz, `make fuzz`) runs a
hundred times as many. A test claims its share of them by `cases(share)`.
"""

import os

from hypothesis import HealthCheck, settings

# The first profile always runs the same cases, the second always new ones.
settings.register_profile("test", max_examples=100, deadline=None, derandomize=True)
settings.register_profile("fuzz", max_examples=10_000, deadline=None, database=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "test"))

generated = {}  # name of a test -> how many cases it had


def cases(share=1.0):
    """Return hypothesis' settings for a test with `share` of the profile's cases."""
    return settings(
        max_examples=max(10, int(settings().max_examples * share)),
        stateful_step_count=40,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


def count(name):
    """Count one case of test `name`."""
    generated[name] = generated.get(name, 0) + 1


def finish(coroutine):
    """Run a coroutine that never really waits, and return its result."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    coroutine.close()
    raise AssertionError("it waits for something that is no clock")
