"""Adafruit's CircuitPython driver in the race, over pyserial as in its own examples."""

import importlib.util

from runner import race

BAUDRATE = 115_200  # the chip's after reset; the driver knows no other
IN_LIST_PASSIVE_TARGET, IN_DATA_EXCHANGE, RF_CONFIGURATION = 0x4A, 0x40, 0x32
READ_BINARY = 0xB0
REPORT = 17  # of a Type B card: n, Tg, ATQB, length and one byte of ATTRIB's answer


def missing():
    for name, package in (
        ("adafruit_pn532", "adafruit-circuitpython-pn532"),
        ("serial", "pyserial"),
    ):
        if importlib.util.find_spec(name) is None:
            return package + " is not installed"
    return None


def start(path):
    import serial
    from adafruit_pn532.uart import PN532_UART

    driver = PN532_UART(serial.Serial(path, BAUDRATE, timeout=0.1))
    driver.SAM_configuration()

    def talk(commands):
        # It has no call for Type B, but one that takes any command.
        found = driver.call_function(IN_LIST_PASSIVE_TARGET, REPORT, [0x01, 0x03, 0x00])
        assert found and found[0] == 1, found
        answers = []
        for command in commands:
            # It waits for a given number of bytes, so this gives the exact one: status and status
            # word, and the bytes that READ BINARY asks for.
            length = 3 + (command[4] if command[1] == READ_BINARY else 0)
            answer = driver.call_function(
                IN_DATA_EXCHANGE, length, [found[1], *command], timeout=5
            )
            assert answer and answer[0] == 0, answer
            answers.append(answer[1:])
        driver.call_function(RF_CONFIGURATION, 0, [0x01, 0x00])
        return answers

    return talk


race(missing, start)
