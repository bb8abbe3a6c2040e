from harness.execute.machine_time import SharedTime


def test_calls_that_a_machine_serves_at_once_share_its_time() -> None:
    machine = SharedTime()
    first = machine.enter(10)  # alone for 2 s, then with a second call for 4 s, which then is alone for 1 s
    second = machine.enter(12)
    assert machine.leave(first, 16) == 2 + 4 / 2
    assert machine.leave(second, 17) == 4 / 2 + 1
    third = machine.enter(22)  # nobody pays for an idle machine
    assert machine.leave(third, 23) == 1
