"""Tables that paste."""

from rich.cells import cell_len

from harness.report.columns import padded, table, width


def test_columns_stand_in_line_and_a_bar_is_no_border() -> None:
    assert table(["name", "n"], [["a|b", "1"], ["long name", "12"]]) == [
        "| name      | n  |",
        "|-----------|----|",
        "| a\\|b      | 1  |",
        "| long name | 12 |",
    ]


def test_columns_stay_in_line_whatever_their_text_is_written_in() -> None:
    cells = ["smollm2", "通义千问", "ｈａｌｆ", "한국어", "cafe\u0301", "a\u202eb", "two\nlines", "\U0001f600"]
    lines = table(["候选", "n"], [[cell, "1"] for cell in cells], right=[1])
    assert len({cell_len(line) for line in lines}) == 1
    assert "⟨U+202E⟩" in lines[7]
    assert lines[1].endswith("-:|")
    assert [width(cell) for cell in cells[:5]] == [cell_len(cell) for cell in cells[:5]] == [7, 8, 8, 6, 4]
    assert padded("名", 4) + padded("名", 4, right=True) == "名    名"
