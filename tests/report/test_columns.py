"""Tables that paste."""

from rich.cells import cell_len

from harness.report.columns import folded, padded, table, width


def test_columns_stand_in_line_and_a_bar_is_no_border() -> None:
    assert table(["name", "n"], [["a|b", "1"], ["long name", "12"]]) == [
        "| name      | n  |",
        "|-----------|----|",
        "| a\\|b      | 1  |",
        "| long name | 12 |",
    ]


def test_what_is_too_wide_goes_on_below_after_the_columns_that_name_the_row() -> None:
    heads, row = ["#", "name", *"abcd"], ["1", "alpha", *("x" * 20 for _ in range(4))]
    lines = table(heads, [row], right=[5], wide=59, keys=2)
    assert [line.split()[5::2] for line in lines if line.startswith("| #")] == [["a", "b"], ["c", "d"]]
    assert [width(line) for line in lines] == [59, 59, 59, 0, 59, 59, 59]
    assert lines[5].endswith("-:|")
    assert table(heads, [row], wide=10, keys=2)[4].split()[:6] == ["|", "#", "|", "name", "|", "b"]


def test_columns_stay_in_line_whatever_their_text_is_written_in() -> None:
    cells = ["smollm2", "通义千问", "ｈａｌｆ", "한국어", "cafe\u0301", "a\u202eb", "two\nlines", "\U0001f600"]
    lines = table(["候选", "n"], [[cell, "1"] for cell in cells], right=[1])
    assert len({cell_len(line) for line in lines}) == 1
    assert "⟨U+202E⟩" in lines[7]
    assert lines[1].endswith("-:|")
    assert [width(cell) for cell in cells[:5]] == [cell_len(cell) for cell in cells[:5]] == [7, 8, 8, 6, 4]
    assert padded("名", 4) + padded("名", 4, right=True) == "名    名"


def test_text_is_folded_between_words_and_between_han_characters() -> None:
    assert folded("one two three", 9, first="- ", rest="  ") == ["- one two", "  three"]
    assert folded("测试集可以是一张表格。不需要写 Python，也能用。", 20) == [
        "测试集可以是一张表",
        "格。不需要写",
        "Python，也能用。",
    ]
    assert folded("word（说明）", 7) == ["word", "（说", "明）"], "punctuation stays with what it belongs to"
    assert folded("unbreakable", 4) == ["unbreakable"]
    assert folded("", 4, first="- ") == ["-"]
