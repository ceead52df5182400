"""Questions that plots have: quick ones answered at once, long ones in a process, old ones forgotten."""

import jobs
import pytest

from rnnviz.session.background import Background, Question


@pytest.fixture
def background(qapp):  # noqa: ARG001
    background = Background(at_once_ms=8.0)
    yield background
    background.close()


def square(number, cost_ms=100.0):
    return Question(jobs.square, (number,), cost_ms)


def test_a_quick_question_is_answered_before_ask_returns(background):
    answers = []
    background.answered.connect(lambda *answer: answers.append(answer))
    question = square(7, cost_ms=1.0)
    background.ask("plot", question)
    assert answers == [("plot", question, 49)]


def test_a_long_question_is_answered_later(background, qtbot):
    with qtbot.waitSignal(background.answered, timeout=20_000) as answered:
        background.ask("plot", question := square(3))
        assert not answered.signal_triggered
    assert answered.args == ["plot", question, 9]


def test_what_a_generator_yields_is_a_list_either_way(background, qtbot):
    quick = Question(jobs.counting, (3,), 1.0)
    assert quick.answer() == [0, 1, 2]
    with qtbot.waitSignal(background.answered, timeout=20_000) as answered:
        background.ask("plot", Question(jobs.counting, (3,), 100.0))
    assert answered.args[2] == [0, 1, 2]


def test_only_the_newest_question_of_an_asker_is_answered(background, qtbot):
    answers = []
    background.answered.connect(lambda _asker, _question, answer: answers.append(answer))
    for number in (2, 3, 4):
        background.ask("plot", square(number))
    qtbot.waitUntil(lambda: bool(answers), timeout=20_000)
    assert answers == [16]


def test_several_askers_are_answered_in_turn(background, qtbot):
    answers = {}
    background.answered.connect(lambda asker, _question, answer: answers.update({asker: answer}))
    for number, asker in enumerate("abc", start=1):
        background.ask(asker, square(number))
    qtbot.waitUntil(lambda: len(answers) == 3, timeout=20_000)
    assert answers == {"a": 1, "b": 4, "c": 9}


def test_a_forgotten_question_is_not_answered(background, qtbot):
    answers = []
    background.answered.connect(lambda asker, *_: answers.append(asker))
    background.ask("gone", square(2))
    background.ask("later", square(3))
    background.forget("gone")
    qtbot.waitUntil(lambda: answers == ["later"], timeout=20_000)


def test_a_failure_is_told_and_the_next_question_answered(background, qtbot):
    failures = []
    background.failed.connect(lambda asker, _question, reason: failures.append((asker, reason)))
    with qtbot.waitSignal(background.answered, timeout=20_000) as answered:
        background.ask("bad", Question(jobs.refusing, (), 100.0))
        background.ask("good", square(5))
    assert answered.args[2] == 25
    assert [asker for asker, _ in failures] == ["bad"]
