"""Codes of languages: containers write three letters (ISO 639-2), everything else here two."""

_TWO = {
    "ara": "ar", "bul": "bg", "ces": "cs", "chi": "zh", "cmn": "zh", "cze": "cs", "dan": "da",
    "deu": "de", "dut": "nl", "ell": "el", "eng": "en", "fin": "fi", "fra": "fr", "fre": "fr",
    "ger": "de", "gre": "el", "heb": "he", "hin": "hi", "hrv": "hr", "hun": "hu", "ind": "id",
    "ita": "it", "jpn": "ja", "kor": "ko", "may": "ms", "msa": "ms", "nld": "nl", "nob": "no",
    "nor": "no", "per": "fa", "fas": "fa", "pol": "pl", "por": "pt", "ron": "ro", "rum": "ro",
    "rus": "ru", "slk": "sk", "slo": "sk", "slv": "sl", "spa": "es", "srp": "sr", "swe": "sv",
    "tha": "th", "tur": "tr", "ukr": "uk", "vie": "vi", "yue": "zh", "zho": "zh",
}  # fmt: skip


def two_letters(code: str) -> str:
    """ISO 639-1 of a code of two or three letters, "zh-Hans" too; "" where it is not known."""
    short = code.lower().split("-")[0]
    return _TWO.get(short, short if short in _TWO.values() else "")
