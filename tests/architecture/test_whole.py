"""What must hold of the checkout as a whole: folders, names of machines, public names, locks and the wheel."""

import inspect
import re
import tomllib
import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePath
from types import ModuleType, SimpleNamespace

import pytest
from hatchling.builders.wheel import WheelBuilder
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import tayanch
from tests.architecture import scan

PROJECT = tomllib.loads((scan.ROOT / "pyproject.toml").read_text())["project"]
LOCKS = {"requirements.txt": (), "requirements-test.txt": ("test",)}
FILES = scan.present_files()
needs_git = pytest.mark.skipif(not FILES, reason="not a git checkout: there is no list of files to look through")


def untold_folders(files: Iterable[PurePath]) -> list[str]:
    """Folders without a README that the nearest README above doesn't tell of, as `name/`; the top one is only a map."""
    files = list(files)
    told = {path.parent for path in files if path.name == "README.md" and path.parent.name}
    folders = {folder for path in files for folder in path.parents if folder.name and not folder.name.startswith(".")}
    return [str(folder) for folder in sorted(folders - told) if not _is_told(folder, told)]


def _is_told(folder: PurePath, told: set[PurePath]) -> bool:
    above = next((parent for parent in folder.parents if parent in told), None)
    return (
        above is not None and f"{folder.relative_to(above).parts[0]}/" in (scan.ROOT / above / "README.md").read_text()
    )


@needs_git
def test_every_folder_is_told_of() -> None:
    assert not untold_folders(path.relative_to(scan.ROOT) for path in FILES)


def test_an_untold_folder_is_found() -> None:
    files = ["README.md", "src/thing.py", "tests/README.md", "tests/spec/test_a.py", "tests/attic/test_a.py", ".ci/run"]
    assert untold_folders(map(PurePath, files)) == ["src", "tests/attic"]


@needs_git
def test_no_file_names_a_registry_or_a_machine() -> None:
    found = [
        f"{path.relative_to(scan.ROOT)}:{line}: {what}"
        for path in FILES
        if b"\0" not in (content := path.read_bytes())
        for line, what in scan.machine(path, content.decode(errors="replace"))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "text",
    [
        "https://py" + "pi.org/simple",
        "--find-links /op" + "t/wheels",
        "see /wor" + "k/notes",
        "open(../shar" + "ed/data)",
    ],
)
def test_a_name_of_a_machine_is_found(text: str) -> None:
    assert list(scan.machine(PurePath("a.md"), text))


def test_a_route_is_no_name_of_a_machine() -> None:
    assert not list(
        scan.machine(PurePath("a.py"), 'get("/v1/families"), "features/work/wages.csv", "a shared/common fate"')
    )


def untold_names(module: ModuleType | SimpleNamespace) -> list[str]:
    """The public names of a module that don't say what they are."""
    return [name for name in module.__all__ if not inspect.getdoc(getattr(module, name))]


def test_every_public_name_says_what_it_is() -> None:
    assert not untold_names(tayanch)


def test_an_untold_name_is_found() -> None:
    assert untold_names(SimpleNamespace(__all__=["told", "untold"], told=untold_names, untold=lambda: None)) == [
        "untold"
    ]


def pins(lock: str) -> dict[str, str]:
    """Name -> version of every requirement of a lock that has a hash."""
    locked = re.findall(r"^(\S+)==([^\s;]+)[^\n]*\\\n +--hash=sha256:[0-9a-f]{64}", lock, flags=re.MULTILINE)
    return {canonicalize_name(name): version for name, version in locked}


def unlocked(requirements: Iterable[str], lock: str) -> list[str]:
    """The requirements that a lock doesn't satisfy."""
    locked = pins(lock)
    wanted = [Requirement(text) for text in requirements]
    return [
        str(requirement)
        for requirement in wanted
        if not requirement.specifier.contains(locked.get(canonicalize_name(requirement.name), "0"), prereleases=True)
    ]


@pytest.mark.parametrize(("name", "extras"), LOCKS.items(), ids=LOCKS.keys())
def test_the_lock_answers_to_pyproject(name: str, extras: tuple[str, ...]) -> None:
    lock = (scan.ROOT / name).read_text()
    wanted = [*PROJECT["dependencies"], *(text for extra in extras for text in PROJECT["optional-dependencies"][extra])]
    assert not unlocked(wanted, lock), "run `make lock`"
    assert len(pins(lock)) == len(re.findall(r"^\S+==", lock, flags=re.MULTILINE)), "a requirement has no hash"


def test_the_locks_agree() -> None:
    run, test = (pins((scan.ROOT / name).read_text()) for name in LOCKS)
    assert run.items() <= test.items()


def test_an_unlocked_requirement_is_found() -> None:
    lock = "numpy==2.4.6 \\\n    --hash=sha256:" + "0" * 64 + "\nrich==15.0.0\n"
    assert unlocked(["numpy>=2.4", "NumPy>=3", "rich>=15"], lock) == ["NumPy>=3", "rich>=15"]


ROOMS = ("tayanch/", "tayanch_serving/", f"tayanch-{PROJECT['version']}.dist-info/")
SECRETS = re.compile(r"[.](key|pem|env|db|sqlite3?)$|(^|/)(keys|tests|[.]tayanch|__pycache__|mlruns)/")


def misplaced(names: Iterable[str]) -> list[str]:
    """Files of a wheel that don't belong there: outside the packages, tests, keys, databases."""
    return [name for name in names if not name.startswith(ROOMS) or SECRETS.search(name)]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of the files in a wheel built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    built = next(WheelBuilder(str(scan.ROOT)).build(directory=str(folder), versions=["standard"]))
    return set(zipfile.ZipFile(Path(built)).namelist())


def test_the_wheel_carries_both_packages(wheel: set[str]) -> None:
    for root, package in (("src", "tayanch"), ("serving", "tayanch_serving")):
        modules = {path.relative_to(scan.ROOT / root).as_posix() for path in (scan.ROOT / root / package).rglob("*.py")}
        assert modules, package
        assert modules <= wheel


@pytest.mark.parametrize(
    ("project", "folder"),
    [("uzbekistan", "."), ("argentina", "examples/argentina"), ("empty", "examples/empty")],
    ids=["uzbekistan", "argentina", "empty"],
)
def test_the_wheel_carries_the_project(wheel: set[str], project: str, folder: str) -> None:
    root = scan.ROOT / folder
    files = [
        root / "project.yaml",
        *(path for kind in ("features", "experiments") for path in (root / kind).rglob("*.*")),
    ]
    wanted = {path.relative_to(root).as_posix() for path in files if "__pycache__" not in path.parts}
    assert {f"tayanch/project_files/{project}/{name}" for name in wanted} <= wheel


def test_the_wheel_carries_nothing_else(wheel: set[str]) -> None:
    assert not misplaced(wheel)


def test_a_misplaced_file_is_found() -> None:
    sound = ["tayanch/store/engine.py", "tayanch/project_files/argentina/features/income.py"]
    bad = [
        "tests/unit/test_a.py",
        "tayanch/keys/linkage",
        "tayanch/a.pem",
        "tayanch_serving/state.db",
        "tayanch/tests/a",
    ]
    assert misplaced(sound + bad) == bad
