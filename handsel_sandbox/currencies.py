"""How Stripe counts money, and the least it charges (docs.stripe.com/currencies)."""

from __future__ import annotations

from handsel_sandbox.errors import invalid

ZERO_DECIMAL = frozenset({
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf",
})  # fmt: skip
THREE_DECIMAL = frozenset({
    "bhd", "jod", "kwd", "omr", "tnd",
})  # fmt: skip
HUNDREDS_ONLY = frozenset({"isk", "ugx"})
KNOWN = frozenset({
    "usd", "aed", "afn", "all", "amd", "ang", "aoa", "ars", "aud", "awg", "azn", "bam", "bbd", "bdt", "bgn",
    "bhd", "bif", "bmd", "bnd", "bob", "brl", "bsd", "bwp", "byn", "bzd", "cad", "cdf", "chf", "clp", "cny",
    "cop", "crc", "cve", "czk", "djf", "dkk", "dop", "dzd", "egp", "etb", "eur", "fjd", "fkp", "gbp", "gel",
    "gip", "gmd", "gnf", "gtq", "gyd", "hkd", "hnl", "htg", "huf", "idr", "ils", "inr", "isk", "jmd", "jod",
    "jpy", "kes", "kgs", "khr", "kmf", "krw", "kwd", "kyd", "kzt", "lak", "lbp", "lkr", "lrd", "lsl", "mad",
    "mdl", "mga", "mkd", "mmk", "mnt", "mop", "mur", "mvr", "mwk", "mxn", "myr", "mzn", "nad", "ngn", "nio",
    "nok", "npr", "nzd", "omr", "pab", "pen", "pgk", "php", "pkr", "pln", "pyg", "qar", "ron", "rsd", "rub",
    "rwf", "sar", "sbd", "scr", "sek", "sgd", "shp", "sle", "sos", "srd", "std", "szl", "thb", "tjs", "tnd",
    "top", "try", "ttd", "twd", "tzs", "uah", "ugx", "uyu", "uzs", "vnd", "vuv", "wst", "xaf", "xcd", "xof",
    "xpf", "yer", "zar", "zmw",
})  # fmt: skip
MINIMUM = {
    "usd": 50, "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250, "eur": 50,
    "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000, "myr": 200, "nok": 300, "nzd": 50,
    "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000,
}  # fmt: skip
MAXIMUM = 99_999_999


def check_amount(amount: int, currency: str) -> None:
    """Refuse what Stripe refuses: an unknown currency, too little, too much, digits that a currency has not."""
    if currency not in KNOWN:
        raise invalid(f"Invalid currency: {currency[:10]}.", param="currency")
    if amount < 1:
        raise invalid(
            "This value must be greater than or equal to 1.", code="parameter_invalid_integer", param="amount"
        )
    if amount < MINIMUM.get(currency, 1):
        shown = written(MINIMUM[currency], currency)
        raise invalid(f"Amount must be at least {shown}", code="amount_too_small", param="amount")
    if amount > MAXIMUM:
        raise invalid("Amount must be no more than 99999999", code="amount_too_large", param="amount")
    if currency in THREE_DECIMAL and amount % 10:
        raise invalid("The last digit of an amount in a three-decimal currency must be 0.", param="amount")
    if currency in HUNDREDS_ONLY and amount % 100:
        raise invalid(f"Amounts in {currency.upper()} must be divisible by 100.", param="amount")


def written(amount: int, currency: str) -> str:
    """For people: `1,240.00 USD`, `80 JPY`."""
    digits = 0 if currency in ZERO_DECIMAL | HUNDREDS_ONLY else 3 if currency in THREE_DECIMAL else 2
    units = amount // 100 if currency in HUNDREDS_ONLY else amount
    whole, part = divmod(units, 10**digits)
    return f"{whole:,}{f'.{part:0{digits}d}' if digits else ''} {currency.upper()}"
