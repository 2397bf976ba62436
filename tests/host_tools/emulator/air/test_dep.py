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


@pytest.mark.parametrize("response", [b"\xf2", b"\xf2\x03", b"\xf2\x42", b"\xf2\x02\x00"])
def test_another_extension_than_the_card_asked_for_is_not_answered(response):
    card = Dep(lambda command: b"\x90\x00", 256, wtxm=2)
    assert card.receive(b"\x02\x01") == b"\xf2\x02"
    assert card.receive(response) is None
    assert card.receive(b"\xb2") == b"\xf2\x02"
    assert card.receive(b"\xf2\x02") == b"\x02\x90\x00"
