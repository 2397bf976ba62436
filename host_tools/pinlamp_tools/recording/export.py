"""A trace for Wireshark: pcapng of ISO/IEC 14443, built around the recorded APDUs.

Only the APDUs and their times are the card's. This module makes the I-blocks around them,
unchained and without a CID. It leaves out the activation, which would hold the card's PUPI.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from pcapng import FileWriter
from pcapng.blocks import EnhancedPacket, InterfaceDescription, SectionHeader

from .trace import Trace

_LINKTYPE_ISO_14443 = 264
# Wireshark's iso14443: version 0, event, length of the rest, big-endian; frames without CRC.
_TO_CARD, _TO_READER = 0xFA, 0xFB
_FIELD_ON, _FIELD_OFF = 0xFC, 0xFD
_I_BLOCK = 0x02


def export(trace: Trace) -> bytes:
    """Return the pcapng file of a trace."""
    header = SectionHeader(options={"opt_comment": trace.provenance})
    header.new_member(
        InterfaceDescription,
        link_type=_LINKTYPE_ISO_14443,
        options={"if_name": trace.reader, "if_tsresol": b"\x06"},
    )
    file = BytesIO()
    writer = FileWriter(file, header)
    now_us = 0

    def write(event: int, frame: bytes = b"") -> None:
        packet = bytes((0, event)) + len(frame).to_bytes(2, "big") + frame
        writer.write_block(_packet(header, packet, now_us))

    write(_FIELD_ON)
    for number, exchange in enumerate(trace.exchanges):
        pcb = bytes((_I_BLOCK | number & 1,))
        write(_TO_CARD, pcb + exchange.command)
        now_us += round(exchange.ms * 1000)
        if exchange.answer is not None:
            write(_TO_READER, pcb + exchange.answer)
    write(_FIELD_OFF)
    return file.getvalue()


def _packet(header: Any, packet: bytes, now_us: int) -> Any:
    block = header.new_member(EnhancedPacket)
    block.packet_data = packet
    block.timestamp_high, block.timestamp_low = divmod(now_us, 1 << 32)
    return block
