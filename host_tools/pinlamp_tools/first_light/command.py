"""`pinlamp first-light`: a guided session with a real device, or with a card reader."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

import click

from ..show.options import lang_option
from ..show.output import cannot
from ..show.strange import tell
from .found import Found, asked
from .talk import Talk

_DEVICE_STEPS = 9


@click.command()
@click.option(
    "-o",
    "out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    default="first-light.json",
    show_default=True,
    help="The file to write; one that is there is left alone.",
)
@click.option(
    "--port", metavar="P", help="The device's serial port; not needed when there is just one."
)
@click.option(
    "--reader",
    "part",
    metavar="NAME",
    is_flag=False,
    flag_value="",
    help="A PC/SC reader instead of a device: with this in its name, or any.",
)
@lang_option
def first_light(out: Path, port: str | None, part: str | None, lang: str) -> int:
    """Try a real device, or a card reader, for the first time: it takes 15 minutes.

    It asks and measures, and writes one file that names nobody, to send in. Ctrl-C ends it at any
    time; the file keeps what there is. Exit status: 0 all done, 1 the device was lost.
    """
    if port is not None and part is not None:
        raise click.UsageError("--port and --reader do not go together: give one of them")
    talk = Talk(lang)
    place = _port(port, lang) if part is None else ""
    found = _begun(out, "device" if part is None else "reader")
    session = _device(found, talk, place, lang) if part is None else _pcsc(found, talk, part, lang)
    talk.say("welcome" if part is None else "welcome_reader", file=click.format_filename(out))
    try:
        session()
        found.put("ended", "done")
    except (click.Abort, KeyboardInterrupt):
        found.put("ended", "stopped")
        raise
    except Exception:
        found.put("ended", "failed")
        raise
    finally:
        _end(found, talk)
    return 0


def _port(port: str | None, lang: str) -> str:
    from ..deploy.port import DeviceError, find_port, told

    try:
        return find_port(port)
    except DeviceError as error:
        raise click.ClickException(told(error, lang)) from error


def _begun(out: Path, kind: str) -> Found:
    try:
        return Found(out, kind)
    except FileExistsError:
        name = click.format_filename(out)
        raise click.UsageError(f"{name} is there already: give another name with -o") from None
    except OSError as error:
        raise cannot(out, error) from None


def _saver(found: Found, talk: Talk) -> Callable[[], None]:
    """Return a function that saves; a full disk only earns a word then, for the end to mend."""

    def save() -> None:
        try:
            found.save()
        except OSError as error:
            talk.bad("not_saved", reason=error.strerror)

    return save


def _device(found: Found, talk: Talk, port: str, lang: str) -> Callable[[], None]:
    from ..deploy.port import DeviceError, told
    from .live import Live
    from .workbench import Workbench

    def session() -> None:
        save = _saver(found, talk)
        try:
            talk.begin(_DEVICE_STEPS)
            bench = Workbench(found, talk, port, lang)
            with bench.open():
                for name in ("build", "check", "links", "console"):
                    talk.step(name)
                    getattr(bench, name)()
                    save()
            if bench.why_not is None:
                Live(found, talk, port, lang, bench.link, bench.lamps).run(save)
            else:
                talk.say(bench.why_not)
                found.skip("live")
        except DeviceError as error:
            tell(f"pinlamp: {told(error, lang)}", err=True)  # before the end: it explains it
            raise click.exceptions.Exit(1) from error

    return session


def _pcsc(found: Found, talk: Talk, part: str, lang: str) -> Callable[[], None]:
    from .reader import session

    return lambda: session(found, talk, part or None, lang, _saver(found, talk))


def _end(found: Found, talk: Talk) -> None:
    """Save for the last time, as often as the person wants to try, and say what there is.

    A session that found nothing at all leaves no file.
    """
    if found.empty:
        found.path.unlink(missing_ok=True)
        return
    click.echo()
    name = click.format_filename(found.path)
    while True:
        try:
            found.save()
            break
        except OSError as error:
            talk.bad("not_saved", reason=error.strerror)
            with contextlib.suppress(click.Abort, KeyboardInterrupt):
                if talk.again("save_again"):
                    continue
            talk.bad("old_file", file=name)
            return
    can = asked(found.data["kind"], found.data.get("reader", "pn532"))
    answered = sum(id in found.data["answers"] for id in can)
    talk.say("answered", count=answered, all=len(can))
    if found.complete:
        talk.good("done", file=name)
        talk.say("send", file=name)
    else:
        talk.bad("incomplete", file=name)
        talk.say("send_part", file=name)
