"""Tables that paste."""

from harness.report.columns import table


def test_columns_stand_in_line_and_a_bar_is_no_border() -> None:
    assert table(["name", "n"], [["a|b", "1"], ["long name", "12"]]) == [
        "| name      | n  |",
        "|-----------|----|",
        "| a\\|b      | 1  |",
        "| long name | 12 |",
    ]
