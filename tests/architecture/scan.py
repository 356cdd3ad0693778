"""The house rules as small scanners: each takes a file's path and text, and yields what it found, line by line."""

import ast
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path, PurePath
from typing import Any

ROOT = Path(__file__).parents[2]

Finding = tuple[int, str]
Scanner = Callable[[PurePath, str], Iterator[Finding]]

FUNCTION_LINES, FILE_LINES, PARAMETERS, POSITIONAL = 60, 400, 7, 3
BANNED_WORDS = {"client", "case", "subject", "entity", "record", "prediction", "alert", "explanation"}
LEARNING_WORDS = {"label", "target", "y"}
BANNED_MODULES = {"utils", "util", "helpers", "helper", "misc", "common", "core", "base", "manager", "v2", "new"}
CLOCKS = {
    *(f"datetime.datetime.{name}" for name in ("now", "today", "utcnow")),
    *(f"time.{name}" for name in ("time", "time_ns", "localtime", "gmtime")),
    *("datetime.date.today", "pandas.Timestamp.now", "pandas.Timestamp.today", "sqlalchemy.func.now"),
}
SKIPS = {"pytest.skip", "pytest.xfail", "pytest.mark.skip", "pytest.mark.skipif", "pytest.mark.xfail"}
UNFINISHED = re.compile(r"\b([T]ODO|[F]IXME|[H]ACK|[X]XX|raise [N]otImplementedError)\b")
MACHINE = re.compile(
    r"pypi[.]org|pythonhosted[.]org|npmjs[.]|debian[.]org|anaconda[.]org|crates[.]io|file:[/]{3}"
    r"|(?<![\w.])/(work|root|opt)[/]|(?<!\w)[.]\./shared\b|[.]library\b"
)

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def present_files() -> list[Path]:
    """Every file that git tracks or would add, in order; none outside a git checkout."""
    if not shutil.which("git") or not (ROOT / ".git").exists():
        return []
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return sorted(path for name in names if name and (path := ROOT / name).is_file())


def findings(scanner: Scanner, pattern: str) -> list[str]:
    """What a scanner finds in the files of this checkout that match the pattern, as `path:line: what`."""
    return [
        f"{path.relative_to(ROOT)}:{line}: {what}"
        for path in sorted(ROOT.glob(pattern))
        for line, what in scanner(path.relative_to(ROOT), path.read_text())
    ]


def sizes(path: PurePath, source: str) -> Iterator[Finding]:
    """Long files, long functions, functions with many parameters or with more than three by position."""
    lines = source.count("\n")
    if lines > FILE_LINES:
        yield lines, f"the file has {lines} lines, at most {FILE_LINES}"
    for function in _nodes(source, _Function):
        length = (function.end_lineno or function.lineno) - function.lineno + 1
        if length > FUNCTION_LINES:
            yield function.lineno, f"{function.name} has {length} lines, at most {FUNCTION_LINES}"
        # Python and not we decide what __exit__ is given; but a constructor is ours. Nobody here calls a command.
        if not (function.name.startswith("__") and function.name != "__init__") and not _is_command(function):
            yield from _parameters(function)


def _is_command(function: _Function) -> bool:
    """Whether it is a command of the command line: people call it, by names of options."""
    calls = [d.func for d in function.decorator_list if isinstance(d, ast.Call)]
    return any(isinstance(call, ast.Attribute) and call.attr in ("command", "callback") for call in calls)


def _is_compiled(function: _Function) -> bool:
    """Whether numba compiles it: what it compiles can be called by position only."""
    names = [d.func if isinstance(d, ast.Call) else d for d in function.decorator_list]
    return any(isinstance(name, ast.Name) and name.id in ("compiled", "part", "fused_part") for name in names)


def _parameters(function: _Function) -> Iterator[Finding]:
    arguments = function.args
    positional = [a.arg for a in arguments.posonlyargs + arguments.args if a.arg not in ("self", "cls")]
    total = len(positional) + len(arguments.kwonlyargs)
    if len(positional) > POSITIONAL and not _is_compiled(function):
        yield function.lineno, f"{function.name} takes {len(positional)} parameters by position, at most {POSITIONAL}"
    if total > PARAMETERS:
        yield function.lineno, f"{function.name} has {total} parameters, at most {PARAMETERS}"


def names(path: PurePath, source: str) -> Iterator[Finding]:
    """Definitions and modules that use a word the house does not use."""
    for part in (*path.parts[:-1], path.stem):
        if banned := BANNED_MODULES & set(_words(part)):
            yield 1, f"the module name {part} says {banned.pop()}"
    words = BANNED_WORDS if "learn" in path.parts else BANNED_WORDS | LEARNING_WORDS
    for line, name in _definitions(source):
        if banned := words & set(_words(name)):
            yield line, f"the name {name} says {banned.pop()}"


def _definitions(source: str) -> Iterator[tuple[int, str]]:
    for node in _nodes(source, ast.AST):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, name
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield node.lineno, name
            case ast.alias(asname=str(name)):
                yield node.lineno, name
            case _:
                pass


def _words(name: str) -> list[str]:
    """The words of a name, in lower case and the singular: FamilyRecords -> family, record."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+\d*", name)
    return [singular for word in words for singular in (word.lower(), word.lower().removesuffix("s"))] + [
        re.sub(r"ies$", "y", word.lower()) for word in words if word.lower().endswith("ties")
    ]


def clocks(path: PurePath, source: str) -> Iterator[Finding]:
    """Readings of the clock, by whatever name it was imported."""
    for line, name in _dotted_names(source):
        if name in CLOCKS:
            yield line, f"reads the clock with {name}: take the time as an argument"


def inner_imports(path: PurePath, source: str) -> Iterator[Finding]:
    """Imports inside functions."""
    for function in _nodes(source, _Function):
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield node.lineno, f"{function.name} imports inside its body"


def unfinished(path: PurePath, source: str) -> Iterator[Finding]:
    """Work left for later."""
    for line, text in enumerate(source.splitlines(), 1):
        if found := UNFINISHED.search(text):
            yield line, f"says {found.group()}"


def machine(path: PurePath, source: str) -> Iterator[Finding]:
    """Hosts of package registries and paths of somebody's machine."""
    for line, text in enumerate(source.splitlines(), 1):
        if found := MACHINE.search(text):
            yield line, f"names {found.group()}"


def silent_skips(path: PurePath, source: str) -> Iterator[Finding]:
    """Skipped or expectedly failing tests that don't say why."""
    imported = _imported(source)
    told = {
        id(call.func)
        for call in _nodes(source, ast.Call)
        if any(keyword.arg == "reason" for keyword in call.keywords)
        or (call.args and _origin(call.func, imported) in ("pytest.skip", "pytest.xfail"))
    }
    for node in _nodes(source, ast.Attribute):
        if _origin(node, imported) in SKIPS and id(node) not in told:
            yield node.lineno, f"{_origin(node, imported)} without a reason"


def project_imports(path: PurePath, source: str) -> Iterator[Finding]:
    """Imports of a declaration that are neither `tayanch` itself nor a sibling."""
    siblings = {sibling.stem for sibling in (ROOT / path).parent.glob("*.py")}
    for node in _nodes(source, ast.Import | ast.ImportFrom):
        if isinstance(node, ast.ImportFrom):
            modules = [] if node.level else [node.module or ""]
        else:
            modules = [alias.name for alias in node.names]
        for module in modules:
            if module not in {"tayanch", *siblings}:
                yield node.lineno, f"imports {module}: a declaration needs only tayanch and its siblings"


def _dotted_names(source: str) -> Iterator[tuple[int, str]]:
    imported = _imported(source)
    for node in _nodes(source, ast.Attribute | ast.Name):
        yield node.lineno, _origin(node, imported)


def _imported(source: str) -> dict[str, str]:
    """What each imported name stands for: `from datetime import date as d` gives d -> datetime.date."""
    whole = {
        alias.asname or alias.name.split(".")[0]: alias.name if alias.asname else alias.name.split(".")[0]
        for node in _nodes(source, ast.Import)
        for alias in node.names
    }
    parts = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in _nodes(source, ast.ImportFrom)
        for alias in node.names
    }
    return whole | parts


def _origin(node: ast.AST, imported: dict[str, str]) -> str:
    """The full dotted name of an expression like `dt.date.today`; a name that was not imported stays as it is."""
    match node:
        case ast.Attribute(value=value, attr=attr):
            return f"{_origin(value, imported)}.{attr}"
        case ast.Name(id=name):
            return imported.get(name, name)
        case _:
            return ""


@cache
def _tree(source: str) -> ast.Module:
    return ast.parse(source)


def _nodes(source: str, kind: Any) -> Iterator[Any]:
    for node in ast.walk(_tree(source)):
        if isinstance(node, kind):
            yield node
