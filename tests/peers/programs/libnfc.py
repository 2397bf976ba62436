"""libnfc in the race, through its C interface: libnfc-bin has no program that sends APDUs."""

import ctypes
import ctypes.util

from runner import race

ISO14443B, BAUD_106 = 3, 1  # nfc_modulation_type, nfc_baud_rate of nfc-types.h
TIMEOUT_MS = 5000


class Modulation(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int), ("baud", ctypes.c_int)]


def missing():
    if ctypes.util.find_library("nfc") is None:
        return "libnfc is not installed (apt install libnfc-bin)"
    return None


def start(path):
    nfc = ctypes.CDLL(ctypes.util.find_library("nfc"))
    nfc.nfc_open.restype = ctypes.c_void_p
    context = ctypes.c_void_p()
    nfc.nfc_init(ctypes.byref(context))
    device = nfc.nfc_open(context, b"pn532_uart:" + path.encode())
    assert device, "libnfc opened nothing"
    device = ctypes.c_void_p(device)
    target = ctypes.create_string_buffer(512)  # an nfc_target is smaller
    answer = ctypes.create_string_buffer(264)

    def talk(commands):
        assert nfc.nfc_initiator_init(device) == 0
        found = nfc.nfc_initiator_select_passive_target(
            device, Modulation(ISO14443B, BAUD_106), None, ctypes.c_size_t(0), target
        )
        assert found == 1, found
        answers = []
        for command in commands:
            count = nfc.nfc_initiator_transceive_bytes(
                device,
                command,
                ctypes.c_size_t(len(command)),
                answer,
                ctypes.c_size_t(len(answer)),
                TIMEOUT_MS,
            )
            assert count >= 0, count
            answers.append(answer.raw[:count])
        return answers

    return talk


race(missing, start)
