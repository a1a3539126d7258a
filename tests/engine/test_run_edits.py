"""Changes of a run on its way: in force at their step, in their order, and kept by a rewind."""

from engine.edits import Edit
from engine.run import Budget, Run, Status
from tests.engine.toy import toy

TOY = toy()


def start(**values: object) -> Run:
    return Run(TOY, TOY.build(values))


def test_an_edit_at_a_step_is_in_force_there_before_and_after_a_rewind():
    run = start()
    run.advance(Budget(steps=20))
    run.edit(lr=0.2)
    run.advance(Budget(steps=20))
    for step, lr in ((19, 0.05), (20, 0.2), (21, 0.2)):
        run.rewind(step)
        assert run.config.lr == lr
        assert run.learner.config.lr == lr
    run.rewind(20)
    assert run.snapshot().scores["lr_now"] == 0.2


def test_an_edit_before_another_takes_another_turn():
    run = start()
    run.advance(Budget(steps=20))
    run.edit(lr=0.2)
    run.advance(Budget(steps=20))
    run.rewind(10)
    run.edit(noise=0.5)
    assert run.edits == (Edit(10, "noise", 0.5),)
    assert run.furthest == 10
    assert run.tables()[0]["step"].max() == 10


def test_an_edit_where_an_action_comes_again_takes_another_turn():
    run = start()
    run.advance(Budget(steps=5))
    run.act("kick")
    run.rewind(5)
    run.edit(lr=0.2)
    assert run.edits == (Edit(5, "lr", 0.2),)


def test_an_action_keeps_the_edits_of_its_step():
    run = start()
    run.advance(Budget(steps=5))
    run.edit(lr=0.2)
    run.act("kick")
    run.rewind(5)
    run.act("pull")
    assert run.edits == (Edit(5, "lr", 0.2), Edit(5, "pull"))


def test_the_same_value_is_no_edit():
    run = start()
    run.advance(Budget(steps=5))
    run.rewind(3)
    run.edit(lr=run.config.lr)
    assert (run.edits, run.furthest) == ((), 5)


def test_a_run_that_is_done_goes_on_when_its_rule_is_edited_away():
    run = start(stop_height=1.0)
    run.advance(Budget(steps=1000))
    done_at = run.step
    assert (run.status, run.reason) == (Status.DONE, "low enough")
    run.act("kick")
    assert run.step == done_at
    run.edit(stop_height=0.0)
    assert run.status is Status.READY
    run.advance(Budget(steps=5))
    run.rewind(done_at - 1)
    run.advance(Budget(steps=6))
    assert run.step == done_at + 5
