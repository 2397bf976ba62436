"""`pinlamp case`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ..show.options import lang_option, no_such
from ..show.output import cannot, force_option, refuse
from ..show.say import say
from ..show.strange import tell
from . import parameters
from .parameters import Case, ParametersError


@click.command()
@click.argument("build", metavar="BUILD")
@click.option("-o", "out", type=click.Path(path_type=Path), help="The folder (or file) to write.")
@click.option("--check", is_flag=True, help="Only tell what is wrong with it.")
@click.option(
    "--parameters",
    "as_json",
    is_flag=True,
    help="Print its measures (or write them, -o), to be edited.",
)
@click.option("--template", is_flag=True, help="Make a template for foam board (.svg or .pdf).")
@force_option
@lang_option
def case(
    build: str,
    out: Path | None,
    check: bool,
    as_json: bool,
    template: bool,
    force: bool,
    lang: str,
) -> int:
    """Make a case for a build: solids for a 3D printer (.stl), or a template for foam board.

    BUILD is one of ours, or a file with the measures of yours. Nobody of us has printed one yet:
    print the fit test first. Exit status: 0 good, 1 something is wrong with it, 2 wrong use.
    """
    if sum((check, as_json, template)) > 1:
        raise click.UsageError("--check, --parameters and --template: one of them")
    try:
        file = parameters.file_of(build)
    except KeyError:
        raise click.UsageError(no_such("build", build, parameters.names())) from None
    try:
        if as_json:
            text = file.read_text("utf-8")
            if out is None:
                for line in text.rstrip("\n").split("\n"):
                    tell(line)
            else:
                refuse(out, force)
                _write(out, text.encode())
                tell(say(f"{out} is written."))
            return 0
        read = parameters.load(file)
    except ParametersError as error:
        return _told(build, error.problems)
    except OSError as error:
        raise cannot(file, error) from None
    if template:
        _write_template(read, _wanted(out), lang, force)
        return 0
    problems = _problems(read)
    if problems:
        return _told(build, problems)
    if not check and out is not None and out.suffix in (".stl", ".svg", ".pdf"):
        raise click.UsageError(f"{out}: -o names a folder; --template makes one file")
    if check:
        tell(say(f"{build}: good (not printed by us yet)"))
        return 0
    _write_solids(read, _wanted(out), lang, force)
    return 0


def _wanted(out: Path | None) -> Path:
    if out is None:
        raise click.UsageError("-o is missing: where to write")
    return out


def _told(build: str, problems: list[str]) -> int:
    for problem in problems:
        tell(f"{build}: {problem}")
    return 1


def _problems(read: Case) -> list[str]:
    try:
        from . import checks
    except ModuleNotFoundError as error:
        if error.name not in ("manifold3d", "numpy"):
            raise
        raise click.ClickException(
            f"a case needs manifold3d: {sys.executable} -m pip install manifold3d"
            " (a --template does not)"
        ) from None
    return checks.problems(read)


def _write_template(read: Case, out: Path, lang: str, force: bool) -> None:
    from ..paper.drawing import DrawingError, SuffixError
    from . import template

    try:
        refuse(out, force)
        template.draw(read, lang).write(out)
    except SuffixError as error:
        raise click.UsageError(str(error)) from error
    except DrawingError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise cannot(out, error) from error
    tell(say(f"{out} is written."))


def _write(file: Path, content: bytes) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    except OSError as error:
        raise cannot(error.filename or file, error) from None


def _write_solids(read: Case, out: Path, lang: str, force: bool) -> None:
    from . import shape, views

    made = {
        "fit-test.stl": views.stl(shape.fit_test(read), f"{read.name} fit test"),
        "shell.stl": views.stl(shape.shell(read), f"{read.name} shell"),
        "back.stl": views.stl(shape.back(read), f"{read.name} back"),
        "case.svg": views.picture(read, lang).encode(),
    }
    for name in made:
        refuse(out / name, force)
    for name, content in made.items():
        _write(out / name, content)
    wide, deep, high = read.outside
    tell(say(f"{wide:g} x {deep:g} x {high:g} mm; nobody of us has printed it yet."))
    fit_test = out / "fit-test.stl"
    tell(say(f"Print {fit_test} first: the parts must go into it."))
