"""The card's side of ISO/IEC 14443-4 in each scenario, with and without a CID."""

import pytest

from pinlamp_tools.emulator.air.dep import Dep
from scenarios import ALL, WAITING, lines


@pytest.mark.parametrize("cid", [None, 0, 2, 14])
@pytest.mark.parametrize("name", ALL)
def test_scenario(name, cid):
    script = list(lines(ALL[name], cid))
    expected = [line[1:] for line in script if line[0] == "send"]
    processed = []

    def process(command):
        wanted, answer = expected[len(processed)]
        assert command == wanted
        processed.append(command)
        return answer

    # Two bytes of INF in each frame of the card.
    card = Dep(process, 5 if cid is None else 6, cid, wtxm=2 if name in WAITING else 0)
    for line in script:
        if isinstance(line[0], bytes):
            block, heard, answer, _ = line
            if heard:
                assert card.receive(block) == answer
    assert len(processed) == len(expected)
    assert card.deselected is ("deselect" in ALL[name])
