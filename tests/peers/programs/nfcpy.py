"""nfcpy in the race: its PN532 driver, and its own ISO-DEP over InCommunicateThru."""

import importlib.util

from runner import race


def missing():
    if importlib.util.find_spec("nfc") is None:
        return "nfcpy is not installed"
    return None


def start(path):
    import nfc.clf.pn532
    import nfc.clf.transport
    import nfc.tag.tt4

    device = nfc.clf.pn532.init(nfc.clf.transport.TTY(path))

    def talk(commands):
        target = device.sense_ttb(nfc.clf.RemoteTarget("106B"))

        class Frontend:
            max_send_data_size = device.get_max_send_data_size(target)
            max_recv_data_size = device.get_max_recv_data_size(target)

            def exchange(self, data, timeout):
                return device.send_cmd_recv_rsp(target, data, timeout)

        tag = nfc.tag.tt4.Type4BTag(Frontend(), target)
        return [tag._dep.exchange(bytearray(command)) for command in commands]

    return talk


race(missing, start)
