"""Page scripts without a browser: open, fill in, read."""

from __future__ import annotations

from html import unescape
from pathlib import Path

from answer_sets import settled
from streamlit.testing.v1 import AppTest
from waiting import PATIENCE_S, wait_until

from formcheck.app.visit.person import Person
from formcheck.app.visit.spaces import SPACES
from formcheck.knowledge import load_knowledge

PAGES = ("check", "live", "health", "history", "about")


def page_test(name: str) -> AppTest:
    """A page as a script of its own, not yet run."""
    script = f"from formcheck.app.pages.{name} import show\n\nshow()\n"
    return AppTest.from_string(script, default_timeout=PATIENCE_S)


def open_as(browser: str, name: str) -> AppTest:
    """Open a page in the browser of another page."""
    test = page_test(name)
    test.session_state["browser-id"] = browser
    return test.run()


def browser_of(test: AppTest) -> str:
    return str(test.session_state["browser-id"])


def person_of(test: AppTest) -> Person:
    return SPACES.get(browser_of(test)).person


def wait_over(test: AppTest) -> AppTest:
    """Run the page once nothing is being worked on any more."""

    def is_over() -> bool:
        return all(clip.job.state.is_over for clip in SPACES.get(browser_of(test)).check)

    wait_until(is_over, "the end of an analysis")
    return test.run()


def upload(test: AppTest, path: Path) -> AppTest:
    data = path.read_bytes()
    test.file_uploader(key="upload").set_value((path.name, data, "application/octet-stream"))
    return wait_over(test.run())


def words(test: AppTest) -> str:
    """Everything a page says, as one text."""
    kinds = (test.markdown, test.caption, test.title, test.subheader, test.info, test.warning)
    html = [str(element.proto.body) for element in test.get("html")]
    return "\n".join([str(e.value) for kind in kinds for e in kind] + html)


def everything(test: AppTest) -> str:
    """Everything a page shows, its widgets and figures included."""
    parts = [words(test)]
    for kind in (test.success, test.error, test.header, test.radio, test.checkbox, test.selectbox):
        parts += [str(getattr(e, "label", "")) + " " + str(e.value) for e in kind]
    parts += [f"{b.label}" for b in test.button]
    parts += [f"{e.label} {e.help}" for e in [*test.text_input, *test.number_input]]
    parts += [str(block.label) for block in [*test.expander, *test.tabs]]
    parts += [str(e.proto) for kind in ("bidi_component", "component") for e in test.get(kind)]
    return unescape("\n".join(parts))


def answer(test: AppTest, **answers: object) -> AppTest:
    """Tell the symptom guide all at once, every other screen skipped, and draw the page anew."""
    me = person_of(test)
    me.forget_answers()
    first, *others = load_knowledge().screens
    me.told = {screen.id: {} for screen in others}
    me.tell(first.id, answers)
    return test.run()


def answer_all(test: AppTest, **answers: object) -> AppTest:
    """The same with every sign answered: none applies but for what is told."""
    return answer(test, **settled(**answers))
