"""`pinlamp emulate`: a virtual card for any other program, on a serial or a PC/SC reader."""

from __future__ import annotations

import asyncio
import re

import click

from .. import paths
from ..emulator.air.field import Field
from ..emulator.air.picc import Picc
from ..emulator.card import cards as virtual
from ..pcsc import vicc
from ..show.options import OneOf
from .arguments import CARD

# A name or IPv4 address, or an IPv6 address in brackets.
_LABEL = r"[0-9A-Za-z_](?:[0-9A-Za-z_-]{0,61}[0-9A-Za-z_])?"
_ADDRESS = re.compile(
    rf"(?:\[(?P<v6>[0-9A-Fa-f:.%a-z]+)\]|(?P<host>{_LABEL}(?:\.{_LABEL})*)):(?P<port>[0-9]{{1,5}})"
)


class _Address(click.ParamType):  # type: ignore[type-arg]
    """HOST:PORT; an IPv6 address in brackets."""

    name = "address"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:
        """Return (host, port)."""
        found = _ADDRESS.fullmatch(value)
        if found is None or not 0 < int(found["port"]) < 65536:
            raise click.UsageError(f"{value}: give it as HOST:PORT, as in {_VPCD}")
        return found["v6"] or found["host"], int(found["port"])


READERS = ("pn532", "rcs660s")
_VPCD = f"{vicc.HOST}:{vicc.PORT}"


@click.command()
@click.option("--card", type=CARD, metavar="NAME", required=True, help="The virtual card.")
@click.option(
    "--link",
    type=OneOf("link", ("hsu",)),
    metavar="NAME",
    default="hsu",
    show_default=True,
    help="How the reader is connected: hsu, a serial line.",
)
@click.option(
    "--reader",
    type=OneOf("reader", READERS),
    metavar="NAME",
    default="pn532",
    show_default=True,
    help="Which reader it is: pn532, or rcs660s (Sony's RC-S660/S).",
)
@click.option(
    "--pcsc",
    type=_Address(),
    is_flag=False,
    flag_value=_VPCD,
    metavar="[HOST:PORT]",
    help=f"Lie on the PC/SC reader of vpcd instead, by default at {_VPCD}.",
)
def emulate(card: str, link: str, reader: str, pcsc: tuple[str, int] | None) -> int:
    """Be a reader with a card on it, for any program; the first line is the tty's path.

    With --pcsc be a card on a virtual PC/SC reader instead. vpcd, which is that reader, listens on
    every network interface of its machine: anybody in the network can lay a card on it.
    """
    if pcsc is None:
        paths.need_ptys("emulate")
        asyncio.run(_serve(card, reader))
        return 0
    piccs = [one for one in virtual.make(card) if isinstance(one, Picc)]
    if len(piccs) != 1:
        raise click.UsageError(f"{card} cannot lie on vpcd's reader: it takes one Type B card")
    host, port = pcsc
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    try:
        asyncio.run(vicc.Vicc(piccs[0], host, port).run(lambda: print(where, flush=True)))
    except vicc.ViccError as error:
        raise click.ClickException(str(error)) from error
    raise click.ClickException(f"the virtual reader at {where} is gone")


async def _serve(card: str, reader: str) -> None:
    from .serial_chip import SerialChip

    field = Field()
    server = SerialChip(field, reader=reader)
    await server.start()
    try:
        field.put(virtual.make(card))
        print(server.path, flush=True)
        await asyncio.Event().wait()
    finally:
        await server.stop()
