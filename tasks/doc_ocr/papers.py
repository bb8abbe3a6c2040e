"""What stands on the drawn receipts, forms and screens of doc_ocr, from a seed: the gold is known before the picture."""
# ruff: noqa: E501 - tables have one case a line

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

Row = tuple[str, str]
"""What stands at the left and at the right of one line; either may be empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One picture to be drawn, and all that is asked about it."""

    id: str
    kind: str
    """`receipt`, `form` or `screen`."""
    lang: str
    rows: tuple[Row, ...]
    lookups: tuple[tuple[str, str], ...]
    """Question and answer; the answer stands on the paper letter for letter."""
    fields: dict[str, str]
    """What is to be extracted; nothing on a screen."""

    @property
    def text(self) -> str:
        return "\n".join(" ".join(filter(None, row)) for row in self.rows)


def papers(seed: int = 4) -> Iterator[Paper]:
    """Yield every paper: 6 of each kind in English, 4 in Chinese."""
    rng = random.Random(seed)
    makers: dict[str, Callable[..., Paper]] = {"receipt": _receipt, "form": _form, "screen": _screen}
    for lang, count in (("en", 6), ("zh", 4)):
        for kind, make in makers.items():
            for number in range(count):
                yield make(rng, f"{kind}-{lang}-{number + 1}", lang, number)


# -- receipts ----------------------------------------------------------------------------------------------------------

_SHOPS = {
    "en": (("Harbour Street Bakery", "14 Harbour Street, Whitby"), ("Oak & Anvil Hardware", "203 Mill Road, Derby"),
           ("Luna Books", "7 Castle Square, Norwich"), ("Green Lane Pharmacy", "88 Green Lane, Leeds"),
           ("Corner Cafe Amelie", "31 Station Road, Exeter"), ("Northside Garden Centre", "5 Orchard Way, Perth")),
    "zh": (("清河书店", "北京市海淀区学院路30号"), ("老街面馆", "成都市青羊区文殊院街12号"),
           ("南山便利店", "深圳市南山区科技路8号"), ("春风花园", "杭州市西湖区龙井路66号")),
}  # fmt: skip
_GOODS = {
    "en": (("Rye loaf", "Oat biscuits", "Apple turnover", "Butter roll"),
           ("Wood screws 4x40", "Claw hammer", "Sandpaper set", "Paint brush"),
           ("The Quiet Sea", "City Atlas", "Notebook A5", "Gift card"),
           ("Cough syrup", "Plasters 20", "Vitamin C", "Hand cream"),
           ("Flat white", "Lemon tart", "Tomato soup", "Mint tea"),
           ("Lavender pot", "Potting soil 20L", "Watering can", "Plant labels")),
    "zh": (("现代汉语词典", "笔记本", "钢笔", "明信片"), ("牛肉面", "凉拌黄瓜", "酸梅汤", "卤鸡蛋"),
           ("矿泉水", "三明治", "口香糖", "雨伞"), ("玫瑰花束", "营养土", "浇水壶", "多肉植物")),
}  # fmt: skip


def _receipt(rng: random.Random, name: str, lang: str, number: int) -> Paper:
    shop, address = _SHOPS[lang][number]
    day = date(2026, 1, 5) + timedelta(days=rng.randrange(300))
    sign = "£" if lang == "en" else "¥"
    rows: list[Row] = [(shop, ""), (address, "")]
    receipt = f"{rng.randrange(10_000, 99_999)}"
    shown_day = f"{day:%d/%m/%Y}" if lang == "en" else f"{day:%Y-%m-%d}"
    rows += [("Receipt", receipt), ("Date", shown_day)] if lang == "en" else [("小票号", receipt), ("日期", shown_day)]
    total, bought = 0, rng.sample(_GOODS[lang][number], 3)
    prices = {}
    for item in bought:
        count, pence = rng.randrange(1, 4), rng.randrange(120, 2400)
        total += count * pence
        prices[item] = f"{count * pence / 100:.2f}"
        rows.append((f"{count} x {item}", prices[item]))
    owed = f"{sign}{total / 100:.2f}"
    paid = ("Card", "Cash")[rng.randrange(2)] if lang == "en" else ("微信支付", "现金")[rng.randrange(2)]
    asked = rng.choice(bought)
    if lang == "en":
        rows += [("TOTAL", owed), ("Paid by", paid), ("Thank you for your visit", "")]
        lookups = (("What is the total?", owed), (f"How much was paid for {asked}?", prices[asked]))
    else:
        rows += [("合计", owed), ("支付方式", paid), ("谢谢惠顾", "")]
        lookups = (("合计金额是多少？", owed), (f"{asked}一共多少钱？", prices[asked]))
    fields = {"shop": shop, "date": shown_day, "receipt": receipt, "total": f"{total / 100:.2f}", "paid_by": paid}
    return Paper(id=name, kind="receipt", lang=lang, rows=tuple(rows), lookups=lookups, fields=fields)


# -- forms -------------------------------------------------------------------------------------------------------------

_FORMS = {
    "en": ("Library Card Application", "Parking Permit Request", "Delivery Note", "Visitor Registration",
           "Equipment Loan Form", "Course Enrolment"),
    "zh": ("图书证申请表", "车辆通行证申请", "送货单", "访客登记表"),
}  # fmt: skip
_PEOPLE = {
    "en": ("Martha Ellison", "Tomas Reyes", "Ingrid Solberg", "Kwame Boateng", "Priya Nair", "Oliver Hughes"),
    "zh": ("陈晓梅", "刘志强", "周雨桐", "孙立群"),
}
_TOWNS = {"en": ("Whitby", "Norwich", "Exeter", "Leeds", "Perth", "Derby"), "zh": ("苏州", "昆明", "青岛", "长沙")}


def _form(rng: random.Random, name: str, lang: str, number: int) -> Paper:
    day = date(2026, 2, 1) + timedelta(days=rng.randrange(250))
    person, town = _PEOPLE[lang][number], rng.choice(_TOWNS[lang])
    reference = f"{rng.choice('ABCDEFGH')}{rng.randrange(100, 999)}-{rng.randrange(10, 99)}"
    phone = f"0{rng.randrange(1000, 9999)} {rng.randrange(100_000, 999_999)}"
    if lang == "zh":
        phone = f"1{rng.randrange(30, 90)} {rng.randrange(1000, 9999)} {rng.randrange(1000, 9999)}"
    amount = str(rng.randrange(2, 30))
    labels, asked = {
        "en": (("Reference", "Full name", "Town", "Telephone", "Valid from", "Items"),
               ("What is the reference?", "Which telephone number is given?")),
        "zh": (("编号", "姓名", "城市", "电话", "生效日期", "数量"), ("表上的编号是什么？", "表上填写的电话号码是多少？")),
    }[lang]  # fmt: skip
    shown_day = f"{day.day} {day:%B %Y}" if lang == "en" else f"{day.year}年{day.month}月{day.day}日"
    values = (reference, person, town, phone, shown_day, amount)
    rows: list[Row] = [(_FORMS[lang][number], ""), *zip(labels, values, strict=True)]
    lookups = ((asked[0], reference), (asked[1], phone))
    fields = {"reference": reference, "name": person, "town": town, "telephone": phone, "items": amount}
    return Paper(id=name, kind="form", lang=lang, rows=tuple(rows), lookups=lookups, fields=fields)


# -- screens -----------------------------------------------------------------------------------------------------------

_SCREENS = {
    "en": (("Network settings", ("Connection", "Address", "Gateway", "Speed")),
           ("Backup finished", ("Started", "Files copied", "Skipped", "Duration")),
           ("Storage", ("System", "Photos", "Music", "Free")),
           ("Order tracking", ("Order", "Carrier", "Parcel", "Expected")),
           ("Printer", ("Model", "Paper", "Toner", "Pages left")),
           ("Battery", ("Level", "Health", "Cycles", "Time left"))),
    "zh": (("网络设置", ("连接", "地址", "网关", "速度")), ("备份完成", ("开始时间", "已复制文件", "已跳过", "用时")),
           ("存储空间", ("系统", "照片", "音乐", "可用")), ("订单跟踪", ("订单号", "快递公司", "包裹", "预计送达"))),
}  # fmt: skip
_BUTTONS = {"en": ("Cancel", "Apply changes"), "zh": ("取消", "应用更改")}


def _screen(rng: random.Random, name: str, lang: str, number: int) -> Paper:
    title, labels = _SCREENS[lang][number]
    english = lang == "en"
    values = (
        ("Home-5G" if english else "家庭网络", f"192.168.{rng.randrange(256)}.{rng.randrange(2, 255)}",
         f"192.168.{rng.randrange(256)}.1", f"{rng.randrange(40, 900)} Mbit/s"),
        (f"{rng.randrange(24):02}:{rng.randrange(60):02}", f"{rng.randrange(1000, 9999)}", str(rng.randrange(3, 90)),
         f"{rng.randrange(2, 60)} min" if english else f"{rng.randrange(2, 60)} 分钟"),
        tuple(f"{rng.randrange(20, 999) / 10:.1f} GB" for _ in range(4)),
        (f"{rng.randrange(100_000, 999_999)}", "Redline Express" if english else "飞马快递",
         f"{rng.randrange(2, 5)} of 5" if english else f"第{rng.randrange(2, 5)}件", f"{rng.randrange(10, 20)}:30"),
        (f"LX-{rng.randrange(200, 900)}", "A4 plain", f"{rng.randrange(10, 99)} %", str(rng.randrange(100, 999))),
        (f"{rng.randrange(20, 99)} %", "Good", str(rng.randrange(100, 700)), f"{rng.randrange(2, 9)} h {rng.randrange(10, 59)} min"),
    )[number]  # fmt: skip
    rows: list[Row] = [(title, ""), *zip(labels, values, strict=True), _BUTTONS[lang]]
    asked = rng.sample(range(len(labels)), 2)
    if english:
        ask = ("What does the window show for {}?", "Which value stands beside {}?")
    else:
        ask = ("窗口中“{}”显示的是什么？", "“{}”旁边写着什么？")
    lookups = tuple((question.format(labels[at]), values[at]) for question, at in zip(ask, asked, strict=True))
    return Paper(id=name, kind="screen", lang=lang, rows=tuple(rows), lookups=lookups, fields={})
