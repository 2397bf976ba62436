"""The English texts that a user may read, out of the code: help, errors and prompts."""

import ast
import inspect
import re

import click

from pinlamp_tools import cli
from places import ROOT

TOOLS = ROOT / "host_tools" / "pinlamp_tools"
# They run on the device, or are made for this project's own makers.
_NOT_OURS = ("emulator", "fakes", "web", "pictures.py", "sheet.py", "verified.py")
_SAID = ("UsageError", "ClickException", "ExitError")


def commands(command=None, path=()):
    """Yield (path, command) of all of the click group, itself first."""
    command = command or cli.cli
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from commands(command.get_command(context, name), (*path, name))


def help_texts():
    """Return each paragraph of help, and each option's."""
    texts = []
    for _, command in commands():
        texts += [" ".join(part.split()) for part in inspect.cleandoc(command.help).split("\n\n")]
        texts += [one.help for one in command.params if isinstance(one, click.Option)]
    return list(dict.fromkeys(filter(None, texts)))


def _classes(trees):
    """Return the names of the exceptions whose texts a command prints."""
    known = set(_SAID)
    while True:
        more = {
            node.name
            for tree in trees
            for node in ast.walk(tree)
            if isinstance(node, ast.ClassDef)
            and node.name.endswith("Error")
            and any(getattr(base, "attr", getattr(base, "id", "")) in known for base in node.bases)
        }
        more |= {"DeviceError", "ChoiceError", "SettingError", "FlashError", "NotWholeError"}
        more |= {"SuffixError", "DrawingError", "ViccError", "CompileError", "TraceError"}
        if more <= known:
            return known
        known |= more


def _template(node):
    """Return a text's template with a number for each value, None for what is no text."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = [one.value if isinstance(one, ast.Constant) else "{}" for one in node.values]
        return "".join(parts)
    return None


def error_texts():
    """Return (file, line, text) of each error and prompt, values as "{}"."""
    files = [
        path
        for path in sorted(TOOLS.rglob("*.py"))
        if not any(part in _NOT_OURS for part in path.relative_to(TOOLS).parts)
    ]
    trees = {path: ast.parse(path.read_text("utf-8")) for path in files}
    classes = _classes(trees.values())
    found = []
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in classes or name in ("prompt", "confirm"):
                text = _template(node.args[0])
                if text is not None and re.search("[A-Za-z]{2}", text.replace("{}", "")):
                    found.append((path.relative_to(TOOLS).as_posix(), node.lineno, text))
    return found
