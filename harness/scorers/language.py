"""Which language a text is written in: by its script, and among languages that share one by their small words."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping

MOST_CHARACTERS = 20_000
"""What is read of a text: its language shows long before."""

SCRIPTS: Mapping[str, str] = {
    "HANGUL": "ko", "HIRAGANA": "ja", "KATAKANA": "ja", "CJK": "zh", "THAI": "th", "HEBREW": "he", "GREEK": "el",
    "BENGALI": "bn", "GURMUKHI": "pa", "GUJARATI": "gu", "TAMIL": "ta", "TELUGU": "te", "KANNADA": "kn",
    "MALAYALAM": "ml",
}  # fmt: skip
"""First word of the Unicode names of a script's letters → the language that it stands for."""

SMALL_WORDS: Mapping[str, Mapping[str, str]] = {
    "LATIN": {
        "en": "the of and to in is that it for was with as his he on be at by i this are or from but not have an they"
        " which you were her she all we there their my your can will would what when who if so about how do please",
        "de": "der die das und ist nicht ein eine einen einem zu den dem des mit für von auf ich sie wir es im sich"
        " auch als wie aber bei war oder haben sind wird nach über zum zur kann durch noch sehr hat man",
        "fr": "le les des et est une du pour dans que qui pas sur avec ce il elle nous vous je au aux plus mais sont"
        " par cette ses leur ne se comme être ont la un à où été très tout bien d l c qu j n s",
        "es": "el los las y es una para con que por no se del al lo como más pero sus su este esta son está muy todo"
        " hay también ser la un en de me mi cuando sin sobre entre porque nos desde fue",
        "pt": "o os as e é uma para com que não se do da dos das em no na ao por mais mas um sua seu como foi são está"
        " também muito ser pela pelo eu você quando nos de à já",
        "it": "il gli e è una per con che non si del della dei delle nel nella sono di da un lo al alla più ma come"
        " anche questo questa la le i ha molto essere suo sua ci mi quando tra dal dalla",
        "nl": "de het een en is van niet dat op te zijn voor met die in er aan ook als maar om hij ze wij ik je naar"
        " dit door over bij nog wel heeft wordt hun uit was kan veel",
        "sv": "och att det som en är på inte av för med den har till ett jag om vi han hon från men så de kan när"
        " eller också var sig mycket vara detta",
        "pl": "i w nie na się z że do jest to jak ale po co tak za od przez dla są jego przy być które który było oraz"
        " tylko już bardzo może ich czy",
        "tr": "ve bir bu da de için çok ile ne var daha gibi ama o en olarak kadar sonra değil her mi ben biz olan bir"
        " şey yok güzel",
        "id": "yang dan di untuk dengan ini itu dari pada adalah tidak ke akan dalam saya kami kita juga atau oleh ada"
        " bisa sangat mereka karena anda lebih sebuah",
        "vi": "và là của có không được cho một những các trong với người này đã để tôi khi như ở đó ra rất nhiều cũng"
        " bạn thì sẽ về",
        "fi": "ja on ei että se hän oli mutta ovat kun niin myös tai kuin joka minä sinä me he olen ole sen tämä"
        " hyvin jos vain voi mukaan kanssa",
        "sw": "na ya wa kwa ni za katika la cha kama hii hiyo yake wake lakini au sana kuwa yangu watu mimi wewe sisi"
        " kila pia",
    },
    "CYRILLIC": {
        "ru": "и в не на что с он она это как но по к из у за от так же все был была бы я мы вы его ее для или если"
        " очень есть они уже только когда может",
        "uk": "і в не на що з він вона це як але та у за від так його її для або якщо дуже є вони вже й до ми ви про"
        " коли може",
        "bg": "и в не на че с той тя това как но по от за се да е са си ще съм ние вие те които много или ако когато"
        " може",
    },
    "ARABIC": {
        "ar": "في من على إلى أن هذا هذه التي الذي كان كانت هو هي ما لا مع عن كل بعد قبل أو ثم لم قد لكن",
        "fa": "و در به از که این را با است برای آن یک خود ها های می شود بود هم نیز تا بر ما من اما شما کرد دارد",
        "ur": "میں کے کی ہے اور سے کو کا نے پر یہ کہ ہیں تھا تھی بھی ایک وہ ہو لئے لیے کر نہیں جو آپ ہم",
    },
    "DEVANAGARI": {
        "hi": "है के में की से और को का हैं पर यह ने भी कि एक नहीं था थी लिए तो हम वह आप इस हो अपने बहुत",
        "mr": "आहे आणि च्या ला मध्ये ते हे तो ती या होते होता आहेत नाही एक पण मी आम्ही तुम्ही करून साठी खूप असते मला",
        "ne": "छ र को मा ले यो छन् हुन् भएको गर्न पनि हो लागि तर म हामी तपाईं एक थियो गरेको धेरै छैन हुन्छ मलाई",
    },
}  # fmt: skip
"""Script → language → words that most of its texts use, without regard to case."""

OWN_LETTERS: Mapping[str, str] = {
    "de": "ß", "es": "ñ¿¡", "pt": "ãõ", "sv": "å", "pl": "ąęłżźćńś", "tr": "ğış",
    "vi": "đơưạảấầẩậẹẻếềểệỉịọỏốồổộớờởợụủứừửự", "ru": "ыэё", "uk": "іїєґ", "bg": "ъ", "ur": "ٹڈڑےںھہ", "mr": "ळ",
}  # fmt: skip
"""Letters that few of the others use; each counts as a small word does."""

KNOWN = frozenset((*SCRIPTS.values(), *(code for shared in SMALL_WORDS.values() for code in shared)))
"""ISO 639-1 codes of the languages that are told apart; `zh` is either script."""

MARKS = "\u0300-\u036f\u064b-\u065f\u0900-\u0963\u0966-\u0dff\u0e31-\u0e3a\u0e47-\u0e4e"
"""Body of a character class: vowels and accents over, under and beside letters, which `\\w` leaves out."""

_DENSE = ("CJK", "HIRAGANA", "KATAKANA")
_LETTERS_OF_A_HAN = 3
"""How many letters of an alphabet say what one such character says."""

_LETTERS = re.compile(r"[^\W\d_]+")


def language_of(text: str) -> str | None:
    """Return the language of most of `text`; None where it has no letters, or those of a script that is not known.

    Latin letters with none of the small words are English, as in "HELLO WORLD"; Kana among Chinese characters make a
    text Japanese.
    """
    text = unicodedata.normalize("NFC", text[:MOST_CHARACTERS])
    letters = Counter(letter for word in _LETTERS.findall(text) for letter in word)
    scripts: Counter[str] = Counter()
    for letter, count in letters.items():
        script = unicodedata.name(letter, "?").partition(" ")[0].partition("-")[0]
        scripts[script] += count * (_LETTERS_OF_A_HAN if script in _DENSE else 1)
    if not scripts:
        return None
    kana = scripts["HIRAGANA"] + scripts["KATAKANA"]
    if kana * 5 > scripts["CJK"] + kana:
        scripts["HIRAGANA"] += scripts.pop("CJK", 0)
    script = scripts.most_common(1)[0][0]
    return SCRIPTS.get(script) or _by_small_words(text, SMALL_WORDS.get(script, {}))


def _by_small_words(text: str, shared: Mapping[str, str]) -> str | None:
    text = text.lower()
    words = Counter(re.findall(rf"(?:[^\W\d_]|[{MARKS}])+", text))
    found = {
        code: sum(words[word] for word in set(small.split())) + sum(map(text.count, OWN_LETTERS.get(code, "")))
        for code, small in shared.items()
    }
    return max(found, key=lambda code: found[code], default=None)  # the first where there is nothing to go by
