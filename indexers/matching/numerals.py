"""Numbers as they are spoken, so that a script's "25" meets a recogniser's "twenty five"."""

_SMALL = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_HAN = "零一二三四五六七八九"
_LONGEST = 4  # digits; longer ones are read out one by one


def spoken(token: str, chinese: bool) -> list[str]:
    """The words that say `token` if it is a number of digits; else the token itself.

    English reads 1100 to 1999 and 2010 to 2099 as years. Chinese reads up to 99 as a number
    and anything longer digit by digit, as years and telephone numbers are read.
    """
    if not (token.isascii() and token.isdigit()):
        return [token]
    if chinese:
        return _han(token)
    if len(token) > _LONGEST or (len(token) > 1 and token[0] == "0"):
        return [_SMALL[int(digit)] for digit in token]
    return _english(int(token))


def _english(number: int) -> list[str]:
    if number < 20:
        return [_SMALL[number]]
    if number < 100:
        return [_TENS[number // 10 - 2], *(_english(number % 10) if number % 10 else [])]
    if 1100 <= number < 2000 or 2010 <= number < 2100:
        return [
            *_english(number // 100),
            *(_english(number % 100) if number % 100 else ["hundred"]),
        ]
    size, name = (1000, "thousand") if number >= 1000 else (100, "hundred")
    rest = _english(number % size) if number % size else []
    return [*_english(number // size), name, *rest]


def _han(token: str) -> list[str]:
    if len(token) != 2 or token[0] == "0":
        return [_HAN[int(digit)] for digit in token]
    tens, ones = int(token[0]), int(token[1])
    return [*([_HAN[tens]] if tens > 1 else []), "十", *([_HAN[ones]] if ones else [])]
