"""The model's constants are still what the firmware costs on the emulated board.

It comes before the other tests with this board: a board that has started has a watchdog.
"""

from pinlamp_tools.benchmark import model

from .model import measured


def test_the_written_constants_are_those_of_the_board(bench, figure):
    found = measured(bench.pico)
    figure(f"the model's constants: {found}", constants=found)
    assert model.changed(model.measured_constants(), found) == []
