"""The tape: one tap and no more, and a reader's name without its serial number."""

import pytest

from pinlamp_tools.recording.tape import Tape, model


def test_a_tape_takes_nothing_after_its_tap():
    tape = Tape()
    tape.take({"type": "card", "kind": "fresh"})  # of a tap before the recording
    tape.take({"type": "activation", "fwi": 10})
    tape.take({"type": "exchange", "c": "00A4040C0AD392F000260100000001", "r": "6A82", "ms": 3})
    tape.take({"type": "card", "kind": "other_b"})
    tape.take({"type": "activation", "fwi": 11})
    trace = tape.trace("p", "r", False)
    assert (tape.done, tape.complete, tape.fwi) == (True, True, 10)
    assert trace.kind == "other_b" and len(trace.exchanges) == 1


@pytest.mark.parametrize("ended", [{"type": "fault", "code": "reader_lost"}, {"type": "ready"}])
def test_a_tape_joins_no_second_card_to_one_whose_reader_was_lost(ended):
    tape = Tape()
    tape.take({"type": "ready"})
    tape.take({"type": "activation", "fwi": 10})
    tape.take({"type": "exchange", "c": "00A4040C0AD392F000260100000001", "r": None, "ms": 3})
    tape.take(ended)
    tape.take({"type": "result", "complete": True})
    assert (tape.done, tape.complete) == (True, False)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Virtual PCD 00 00", "Virtual PCD"),
        ("ACS ACR122U PICC Interface 00 00", "ACS ACR122U PICC Interface"),
        ("ACS ACR1252 1S CL Reader [ACR1252 Reader PICC] 00 00", "ACS ACR1252 1S CL Reader"),
        ("ACS ACR1281U-C1 PICC 0", "ACS ACR1281U-C1 PICC"),
        ("SONY FeliCa RC-S300/P (1073041) 00 00", "SONY FeliCa RC-S300/P"),
        ("SONY FeliCa RC-S300/S (1234567) 00 00", "SONY FeliCa RC-S300/S"),
        ("Sony FeliCa Port/PaSoRi 4.0 0", "Sony FeliCa Port/PaSoRi 4.0"),
        ("Sony RC-S380/P 1", "Sony RC-S380/P"),
        ("CL-S380", "CL-S380"),
        ("I-O DATA USB-ICCRW2", "I-O DATA USB-ICCRW2"),
        ("NTT Communications ACR39-NTTCom 00 00", "NTT Communications ACR39-NTTCom"),
        ("SCM Microsystems Inc. SCR3310 [CCID] (21120123) 00", "SCM Microsystems Inc. SCR3310"),
        ("Identiv SCR3310v2.0 USB SC Reader 0", "Identiv SCR3310v2.0 USB SC Reader"),
        ("Identive CLOUD 4700 F [CLOUD] (53691234567890) 01 00", "Identive CLOUD 4700 F"),
        ("Gemalto PC Twin Reader (6C3C4D3B) 01 00", "Gemalto PC Twin Reader"),
        ("REINER SCT cyberJack 0123ABCD", "REINER SCT cyberJack"),
        ("REINER SCT cyberJack RFID standard 00 00", "REINER SCT cyberJack RFID standard"),
        ("Reader RR171-123456", "Reader"),
        ("OMNIKEY 5022 KN-02A8-00012 01 00", "OMNIKEY 5022"),
        ("Vendor SN:AB12CD34", "Vendor"),
        ("Vendor S/N 12-34 00 00", "Vendor"),
        ("Vendor Serial 12", "Vendor"),
        ("Vendor AB12CD34", "Vendor"),
        ("Vendor 12:34:AB", "Vendor"),
        ("Vendor Z9Y8X7", "Vendor"),
        ("Vendor （99887766）", "Vendor"),
        ("Vendor <AABBCC99>", "Vendor"),
        ("Vendor [a (b] 1234567)", "Vendor"),
        ("Vendor (1234567", "Vendor"),
        ("(12345678)", "a PC/SC reader"),
        ("SCR3310 1234 5678 9012", "SCR3310"),
        ("Identiv uTrust 3700 F 01", "Identiv uTrust 3700 F"),
        ("Vendor ABCDEFAB", "Vendor"),
        ("Feature Facade", "Feature Facade"),
        ("a\x1b[2Jb\ud800", "a"),
    ],
)
def test_a_reader_s_name_loses_its_serial_number(name, kept):
    assert model(name) == kept
