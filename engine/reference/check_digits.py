"""Numbers that carry their own proof: identity number, credit code, registry code, ISSN, ISBN, mobile.

Every check answers with `None` for a sound number, else with the Chinese clause that follows its name
(“身份证号”校验位不正确，请核对第 18 位). Only the number is judged: a region code that has been retired is no fault.
Spaces around it, and lower-case letters, are accepted; `tidy_*` gives the number as it is kept.
"""

import re
from datetime import date
from typing import Literal

IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
IDENTITY_MAP = "10X98765432"
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
REGISTRY_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
REGISTRY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
ISSN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2)

_IDENTITY = re.compile(r"[0-9]{17}[0-9X]")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_REGISTRY = re.compile(r"[0-9A-Z]{8}[0-9X]")
_ISSN = re.compile(r"[0-9]{7}[0-9X]")
_ISBN = re.compile(r"97[89][0-9]{10}")
_CN = re.compile(r"CN ?[0-9]{2}-[0-9]{4}(/[A-Z0-9-]{1,6})?")


def tidy_code(text: str) -> str:
    """Without spaces, in upper case."""
    return "".join(text.split()).upper()


def identity_check_digit(first17: str) -> str:
    """The eighteenth character that GB 11643 gives the first seventeen digits."""
    return IDENTITY_MAP[sum(w * int(d) for w, d in zip(IDENTITY_WEIGHTS, first17, strict=True)) % 11]


def check_identity_number(text: str) -> str | None:
    """GB 11643, 18 characters: eighteen characters, a birth date that exists, the check digit."""
    number = tidy_code(text)
    if not _IDENTITY.fullmatch(number):
        return "应为 18 位，前 17 位是数字，末位是数字或 X"
    if birth_date(number) is None:
        return "中的出生日期不存在，请核对第 7 至 14 位"
    if identity_check_digit(number[:17]) != number[17]:
        return "校验位不正确，请核对第 18 位"
    return None


def birth_date(number: str) -> date | None:
    """The birth date inside an identity number, or nothing where there is none."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def sex(number: str) -> Literal["1", "2"]:
    """1 男性 or 2 女性 (GB/T 2261.1): the seventeenth digit is odd or even."""
    return "1" if int(number[16]) % 2 else "2"


def check_credit_code(text: str) -> str | None:
    """GB 32100, 统一社会信用代码."""
    code = tidy_code(text)
    if len(code) != 18 or any(c not in CREDIT_ALPHABET for c in code):
        return "应为 18 位数字或大写字母（不含 I、O、S、V、Z）"
    total = sum(w * CREDIT_ALPHABET.index(c) for w, c in zip(CREDIT_WEIGHTS, code[:17], strict=True))
    if CREDIT_ALPHABET[(31 - total % 31) % 31] != code[17]:
        return "校验位不正确，请核对第 18 位"
    return None


def check_registry_code(text: str) -> str | None:
    """GB 11714, 组织机构代码, with or without the hyphen before the last character."""
    code = tidy_code(text).replace("-", "")
    if not _REGISTRY.fullmatch(code):
        return "应为 9 位，前 8 位是数字或大写字母，末位是数字或 X"
    total = sum(w * REGISTRY_ALPHABET.index(c) for w, c in zip(REGISTRY_WEIGHTS, code[:8], strict=True))
    if "0123456789X0"[11 - total % 11] != code[8]:
        return "校验位不正确，请核对第 9 位"
    return None


def check_issn(text: str) -> str | None:
    """ISSN (1234-567X), or the Chinese serial number CN 13-1234/G4, which has no check digit."""
    code = tidy_code(text.upper().replace("ISSN", "")).replace("-", "")
    if code.startswith("CN"):
        return None if _CN.fullmatch(text.strip().upper()) else "应形如 CN 13-1234/G4"
    if not _ISSN.fullmatch(code):
        return "应为 8 位，形如 1234-5679；国内统一刊号形如 CN 13-1234/G4"
    if "0123456789X"[(11 - sum(w * int(c) for w, c in zip(ISSN_WEIGHTS, code[:7], strict=True)) % 11) % 11] != code[7]:
        return "校验位不正确，请核对第 8 位"
    return None


def check_isbn(text: str) -> str | None:
    """ISBN-13, with or without hyphens."""
    code = tidy_code(text.upper().replace("ISBN", "")).replace("-", "")
    if not _ISBN.fullmatch(code):
        return "应为 13 位数字，以 978 或 979 开头"
    if (10 - sum((3 if n % 2 else 1) * int(c) for n, c in enumerate(code[:12])) % 10) % 10 != int(code[12]):
        return "校验位不正确，请核对第 13 位"
    return None


def check_mobile(text: str) -> str | None:
    """A mobile number of the mainland: eleven digits, 13 to 19 in front."""
    return None if _MOBILE.fullmatch(tidy_code(text)) else "应为 11 位手机号码"
