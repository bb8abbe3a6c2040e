"""What the drawn charts of chart_qa show and what is asked about them, from a seed."""
# ruff: noqa: E501 - tables have one case a line

import random
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One picture to be drawn, and its questions with their answers."""

    id: str
    kind: str
    """`bars`, `lines` or `pies`."""
    lang: str
    title: str
    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple[int, ...]], ...]
    """Name (empty where there is one alone) and a value for each label; a pie's are percent of the whole."""
    top: int
    """Of the axis; values lie on its grid lines of a tenth, or half way between."""
    questions: tuple[tuple[str, str], ...]
    """With their answers; a name is no number, or its neighbours would be within five percent of it."""


def charts(seed: int = 4) -> Iterator[Chart]:
    """Yield every chart: 6 of each kind in English, 2 in Chinese; each with two questions."""
    rng = random.Random(seed)
    for kind, make in (("bars", _bars), ("lines", _lines), ("pies", _pie)):
        for number in range(8):
            yield make(rng, f"{kind}-{number + 1}", number)


_BARS = (
    ("Bicycles sold", ("Mon", "Tue", "Wed", "Thu", "Fri"), "How many bicycles were sold on {}?", "On which day were the {} bicycles sold?"),
    ("Visitors by museum wing", ("North", "East", "South", "West"), "How many visitors came to the {} wing?", "Which wing had the {} visitors?"),
    ("Rainy days", ("Oslo", "Lima", "Cairo", "Perth", "Quito"), "How many rainy days does the chart show for {}?", "Which city had the {} rainy days?"),
    ("Support tickets", ("Email", "Phone", "Chat", "Forum"), "How many tickets came by {}?", "Which channel brought the {} tickets?"),
    ("Loaves baked", ("Rye", "Wheat", "Oat", "Spelt"), "How many {} loaves were baked?", "Of which kind were the {} loaves baked?"),
    ("Trees planted", ("Alder Park", "Mill Green", "Long Wood", "Old Quay"), "How many trees were planted in {}?", "In which place were the {} trees planted?"),
    ("各门店销量", ("东门店", "西门店", "南门店", "北门店"), "{}的销量是多少？", "销量最{}的是哪家门店？"),
    ("图书馆借阅量", ("一月", "二月", "三月", "四月"), "{}的借阅量是多少？", "借阅量最{}的是哪个月？"),
)  # fmt: skip
_LINES = (
    ("Members of two clubs", ("2019", "2020", "2021", "2022", "2023"), ("Chess", "Rowing")),
    ("Noise at two sites", ("06:00", "10:00", "14:00", "18:00", "22:00"), ("Harbour", "School")),
    ("Orders by region", ("Q1", "Q2", "Q3", "Q4"), ("Inland", "Export")),
    ("Battery level", ("0 h", "2 h", "4 h", "6 h", "8 h"), ("Model A", "Model B")),
    ("Passengers by line", ("May", "Jun", "Jul", "Aug"), ("Red", "Blue")),
    ("Snow depth", ("Dec", "Jan", "Feb", "Mar"), ("Valley", "Summit")),
    ("两家工厂的产量", ("一季度", "二季度", "三季度", "四季度"), ("甲厂", "乙厂")),
    ("两座城市的气温", ("周一", "周二", "周三", "周四"), ("海口", "昆明")),
)  # fmt: skip
_PIES = (
    ("Ways to work", ("Bus", "Bicycle", "Car", "On foot")),
    ("Household spending", ("Rent", "Food", "Travel", "Savings")),
    ("Energy sources", ("Wind", "Solar", "Hydro", "Gas")),
    ("Favourite fruit", ("Apple", "Pear", "Plum", "Cherry")),
    ("Budget by team", ("Design", "Sales", "Support", "Research")),
    ("Waste collected", ("Paper", "Glass", "Metal", "Plastic")),
    ("阅读方式", ("纸书", "手机", "电脑", "听书")),
    ("出行方式", ("地铁", "公交", "自行车", "步行")),
)  # fmt: skip
_TOPS = (20, 40, 60, 100, 200, 400, 1000, 2000)


def _values(rng: random.Random, count: int, top: int) -> tuple[int, ...]:
    """Different values on the grid of a twentieth of `top`."""
    return tuple(at * top // 20 for at in rng.sample(range(3, 20), count))


def _bars(rng: random.Random, name: str, number: int) -> Chart:
    title, labels, how_many, which = _BARS[number]
    zh, top = number >= 6, _TOPS[number]
    values = _values(rng, len(labels), top)
    asked, most = rng.randrange(len(labels)), number % 2 == 0
    extreme = labels[values.index(max(values) if most else min(values))]
    word = ("高" if most else "低") if zh else ("most" if most else "fewest")
    questions = ((how_many.format(labels[asked]), str(values[asked])), (which.format(word), extreme))
    return Chart(id=name, kind="bars", lang="zh" if zh else "en", title=title, labels=labels,
                 series=(("", values),), top=top, questions=questions)  # fmt: skip


def _lines(rng: random.Random, name: str, number: int) -> Chart:
    title, labels, names = _LINES[number]
    zh, top = number >= 6, (100, 80, 400, 100, 60, 200, 500, 40)[number]
    series = tuple((line, _values(rng, len(labels), top)) for line in names)
    (first, ones), (second, others) = series
    at = rng.randrange(len(labels))
    apart = [abs(a - b) for a, b in zip(ones, others, strict=True)]
    where = max(range(len(labels)), key=lambda i: (apart[i], i))
    value = ones[at] if number % 2 else others[at]
    line = first if number % 2 else second
    if zh:
        questions = ((f"{labels[at]}{line}的数值是多少？", str(value)),
                     (f"{first}与{second}在{labels[where]}相差多少？", str(apart[where])))  # fmt: skip
    else:
        questions = ((f"What value does the line '{line}' have at {labels[at]}?", str(value)),
                     (f"How far apart are '{first}' and '{second}' at {labels[where]}?", str(apart[where])))  # fmt: skip
    return Chart(id=name, kind="lines", lang="zh" if zh else "en", title=title, labels=labels,
                 series=series, top=top, questions=questions)  # fmt: skip


def _pie(rng: random.Random, name: str, number: int) -> Chart:
    title, labels = _PIES[number]
    zh = number >= 6
    while True:
        cuts = sorted(rng.sample(range(8, 93), 3))
        shares = tuple(b - a for a, b in zip((0, *cuts), (*cuts, 100), strict=True))
        if min(shares) >= 8 and len(set(shares)) == 4:
            break
    one, other = rng.sample(range(4), 2)
    together, largest = str(shares[one] + shares[other]), labels[shares.index(max(shares))]
    if zh:
        questions = (
            (f"“{labels[one]}”和“{labels[other]}”合计占百分之几？", together),
            ("占比最大的是哪一项？", largest),
        )
    else:
        questions = ((f"How many percent do {labels[one]} and {labels[other]} make together?", together),
                     ("Which slice is the largest?", largest))  # fmt: skip
    return Chart(id=name, kind="pies", lang="zh" if zh else "en", title=title, labels=labels,
                 series=(("", shares),), top=100, questions=questions)  # fmt: skip
