from harness.execute.machine_time import SharedTime, Stay


def test_calls_that_a_machine_serves_at_once_share_its_time() -> None:
    machine = SharedTime()
    first = machine.enter(10)  # alone for 2 s, then with a second call for 4 s, which then is alone for 1 s
    second = machine.enter(12)
    assert machine.leave(first, 16) == 2 + 4 / 2
    assert machine.leave(second, 17) == 4 / 2 + 1
    third = machine.enter(22)  # nobody pays for an idle machine
    assert machine.leave(third, 23) == 1


def test_an_instant_is_paid_once_though_it_is_told_late() -> None:
    machine = SharedTime()
    first = machine.enter(10)
    assert machine.leave(first, 14) == 4
    second = machine.enter(12)  # it was there at 12, which is told when the first has gone with the whole bill
    assert machine.leave(second, 15) == 1


def test_a_call_pays_its_part_of_the_time_that_its_requests_were_out() -> None:
    machine = SharedTime()
    one, other = Stay(machine), Stay(machine)
    one.sent(0)
    other.sent(1)
    one.closed(3)  # 1 s alone, 2 s shared
    other.closed(3)
    one.sent(5)  # a second attempt, alone
    one.closed(6)
    one.closed(9)  # that it has ended is told twice
    assert one.share(4.0) == 4 * (1 + 2 / 2 + 1) / 4
    assert other.share(2.0) == 1
    alone, unseen = Stay(machine), Stay(machine)
    alone.sent(20)
    alone.closed(20.1)
    assert alone.share(0.123) == 0.123, "to the last bit"
    unseen.closed(21)  # it never went out
    assert unseen.share(0.5) == 0.5
