"""Links, pictures and commands of README, docs and the pages beside the code hold."""

import re
import shlex
import struct
from pathlib import Path

import click
import pytest

from formcheck.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    path
    for path in [
        *ROOT.glob("*.md"),
        *(ROOT / ".github").glob("**/*.md"),
        *(ROOT / "docs").glob("**/*.md"),
        *(ROOT / "models").glob("*.md"),
        *(ROOT / "sample_videos").glob("*.md"),
        *(ROOT / "tools").glob("**/*.md"),
    ]
)
FENCE = re.compile(r"^( *)```(\w*)[^\n]*\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")
MACHINE_PATH = re.compile(r"(?<![\w.])(/home/\w+|/root\b|/Users/\w+|/work/|/tmp/\w+|C:\\Users)")
SHELLS = ("", "sh", "bash", "console")


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def prose(page: Path) -> str:
    """A page without its fenced blocks."""
    return FENCE.sub("", page.read_text("utf-8"))


def links(page: Path) -> list[tuple[bool, str, str]]:
    """Whether it is a picture, its text and target, for every link of a page."""
    text = re.sub(
        r"`[^`\n]*`", lambda code: code[0].replace("[", "(").replace("]", ")"), prose(page)
    )
    return [(bool(mark), words, target) for mark, words, target in LINK.findall(text)]


def anchors(page: Path) -> set[str]:
    """The anchors that the headings of a page get on GitHub."""
    found: set[str] = set()
    for heading in re.findall(r"^#{1,6} +(.+?) *#*$", prose(page), re.MULTILINE):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        slug = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        n = 0
        while (unique := slug if n == 0 else f"{slug}-{n}") in found:
            n += 1
        found.add(unique)
    return found


def target_of(page: Path, target: str) -> tuple[Path, str]:
    """The file and anchor a relative link leads to."""
    file, _, anchor = target.partition("#")
    return ((page.parent / file).resolve() if file else page), anchor


def is_outside(target: str) -> bool:
    return target.startswith(("https://", "http://", "mailto:"))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_relative_links_lead_somewhere(page):
    for _, _, target in links(page):
        if is_outside(target):
            continue
        file, anchor = target_of(page, target)
        assert file.is_relative_to(ROOT), f"{target} leaves the repository"
        assert file.exists(), f"{target}: no such file"
        if anchor and file.suffix == ".md":
            assert anchor in anchors(file), f"{target}: no such heading"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_pictures_are_there_and_described(page):
    for is_picture, words, target in links(page):
        if is_picture:
            assert not is_outside(target), f"{target}: a page fetches no picture"
            assert len(words.split()) >= 3, f"{target}: say what the picture shows"
            width, height = picture_size(target_of(page, target)[0])
            assert width > 100
            assert height > 100


def picture_size(path: Path) -> tuple[int, int]:
    """Width and height of a PNG, JPEG, SVG or moving WebP by its own header."""
    data = path.read_bytes()
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return struct.unpack(">II", data[16:24])
    if data.startswith(b"\xff\xd8"):
        at = 2
        while data[at + 1] not in (0xC0, 0xC1, 0xC2):
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        height, width = struct.unpack(">HH", data[at + 5 : at + 9])
        return width, height
    if data.startswith(b"RIFF") and data[8:16] == b"WEBPVP8X":
        return tuple(1 + int.from_bytes(data[at : at + 3], "little") for at in (24, 27))
    assert b"<svg" in data[:500], f"{path}: not a picture"
    size = [float(v) for v in re.search(rb'viewBox="([^"]+)"', data)[1].split()]
    return int(size[2]), int(size[3])


def test_every_page_is_reached_from_the_table_of_contents():
    start = ROOT / "docs" / "README.md"
    reached, open_pages = {start}, [start]
    while open_pages:
        page = open_pages.pop()
        for _, _, target in links(page):
            file = page if is_outside(target) else target_of(page, target)[0]
            if file.suffix == ".md" and file not in reached:
                reached.add(file)
                open_pages.append(file)
    missing = [name_of(p) for p in PAGES if p.is_relative_to(ROOT / "docs") and p not in reached]
    assert not missing, f"docs/README.md leads to none of {missing}"
    assert {ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"} <= reached


def test_every_picture_of_the_docs_is_used():
    used = {target_of(page, target)[0] for page in PAGES for pic, _, target in links(page) if pic}
    unused = [p.name for p in (ROOT / "docs" / "img").iterdir() if p not in used]
    assert not unused


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_no_path_of_one_machine(page):
    assert not MACHINE_PATH.findall(page.read_text("utf-8"))


# -- commands -----------------------------------------------------------------


def shell_lines(page: Path) -> list[str]:
    """The commands of the fenced shell blocks, one a line, chains taken apart."""
    out = []
    for _, language, block in FENCE.findall(page.read_text("utf-8")):
        if language in SHELLS:
            for line in block.replace("\\\n", " ").splitlines():
                out += [part.strip() for part in line.split("&&")]
    return out


def formcheck_commands() -> list[tuple[str, str]]:
    """Page and arguments of every formcheck command in a fenced block."""
    found = []
    for page in PAGES:
        for line in shell_lines(page):
            if match := re.match(r"(?:\S*/)?formcheck\s+(.*)", line):
                found.append((name_of(page), match[1]))
    return found


COMMANDS = formcheck_commands()


def test_there_are_commands_to_check():
    assert {"README.md", "docs/quick-start.md", "docs/scale.md"} <= {page for page, _ in COMMANDS}


@pytest.mark.parametrize(("page", "line"), COMMANDS)
def test_commands_of_the_pages_parse(page, line, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    arguments = shlex.split(line, comments=True)
    for name in arguments:  # some options want a file that is there
        if re.fullmatch(r"[\w-]+\.(json|pem|csv)", name):
            (tmp_path / name).touch()
    parse(arguments)


def test_a_wrong_option_would_be_noticed():
    with pytest.raises(click.UsageError):
        parse(["score", "a.mp4", "--out", "x", "--no-such-option"])
    with pytest.raises(click.UsageError):
        parse(["no-such-command"])


def parse(arguments: list[str]) -> None:
    """Let the command line take its arguments apart without running anything."""
    with main.make_context("formcheck", arguments) as group:
        name, command, rest = main.resolve_command(group, arguments)
        assert command is not None, f"no command {name}"
        with command.make_context(name, rest, parent=group):
            pass


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_options_in_running_text_exist(page):
    with main.make_context("formcheck", ["score"]) as group:
        for code in re.findall(r"`formcheck (\w+)([^`]*)`", prose(page)):
            command = main.get_command(group, code[0])
            assert command is not None, f"formcheck {code[0]}"
            known = {o for p in command.params for o in (*p.opts, *p.secondary_opts)}
            for option in re.findall(r"(?<!\S)--[\w-]+", code[1]):
                assert option in known | {"--help"}, f"formcheck {code[0]} {option}"


def test_scripts_named_in_the_pages_exist_with_their_options():
    n_seen = 0
    for page in PAGES:
        text = page.read_text("utf-8")
        for script, rest in re.findall(
            r"python (-m tools\.render|(?:benchmarks|tools)/\S+?\.py)([^`\n]*)", text
        ):
            n_seen += 1
            file = ROOT / ("tools/render/__main__.py" if script.startswith("-m") else script)
            assert file.exists(), f"{name_of(page)}: {script}"
            for option in re.findall(r"(?<!\S)--[\w-]+", rest):
                assert option in file.read_text("utf-8"), f"{name_of(page)}: {script} {option}"
    assert n_seen > 5
