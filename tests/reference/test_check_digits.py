"""National numbers: each standard's own vectors, and each way to get one wrong."""

from datetime import date

import pytest

from engine.reference.check_digits import (
    birth_date,
    check_credit_code,
    check_identity_number,
    check_isbn,
    check_issn,
    check_mobile,
    check_registry_code,
    identity_check_digit,
    sex,
    tidy_code,
)

PRINTED_IN_THE_MANUAL = (
    "371325197704051042",
    "420321198710309962",
    "130185199910220918",
    "211300190006019973",
    "110101198010010135",
    "110101198010010098",
    "110101198010010194",
)


@pytest.mark.parametrize("number", PRINTED_IN_THE_MANUAL)
def test_the_identity_numbers_of_the_manual_are_sound(number: str) -> None:
    assert check_identity_number(number) is None


def test_a_fictional_number_with_its_check_digit_is_sound() -> None:
    first = "99000019900101123"
    assert check_identity_number(first + identity_check_digit(first)) is None


@pytest.mark.parametrize("digit", [d for d in "0123456789X" if d != identity_check_digit("99000019900101123")])
def test_every_other_check_digit_is_refused(digit: str) -> None:
    assert check_identity_number("99000019900101123" + digit) == "校验位不正确，请核对第 18 位"


@pytest.mark.parametrize(
    "number", ["", "1", "99000019900101123", "9900001990010112345", "99000019900101123Y", "９" * 18]
)
def test_what_is_not_eighteen_characters_is_no_identity_number(number: str) -> None:
    assert check_identity_number(number) == "应为 18 位，前 17 位是数字，末位是数字或 X"


def test_a_birth_date_that_never_was_is_named() -> None:
    assert check_identity_number("990000199002301234") == "中的出生日期不存在，请核对第 7 至 14 位"


def test_birth_date_and_sex_stand_in_the_number() -> None:
    assert birth_date("371325197704051042") == date(1977, 4, 5)
    assert sex("371325197704051042") == "2"
    assert sex("110101198010010135") == "1"


def test_a_small_x_and_spaces_are_tidied() -> None:
    assert tidy_code(" 990000 19900101 123x ") == "99000019900101123X"


def test_the_credit_code_has_its_own_alphabet_and_check_digit() -> None:
    assert check_credit_code("91110000600037341L") is None
    assert check_credit_code("91110000600037341M") == "校验位不正确，请核对第 18 位"
    assert check_credit_code("91110000600037341I") == "应为 18 位数字或大写字母（不含 I、O、S、V、Z）"


def test_the_registry_code_may_carry_its_hyphen() -> None:
    assert check_registry_code("60003734-1") is None
    assert check_registry_code("600037341") is None
    assert check_registry_code("600037342") == "校验位不正确，请核对第 9 位"
    assert check_registry_code("6000373") == "应为 9 位，前 8 位是数字或大写字母，末位是数字或 X"


def test_periodicals_are_known_by_issn_or_by_their_chinese_number() -> None:
    assert check_issn("0378-5955") is None
    assert check_issn("ISSN 2434-561X") is None
    assert check_issn("CN 13-1234/G4") is None
    assert check_issn("0378-5954") == "校验位不正确，请核对第 8 位"
    assert check_issn("CN 13") == "应形如 CN 13-1234/G4"
    assert check_issn("037") == "应为 8 位，形如 1234-5679；国内统一刊号形如 CN 13-1234/G4"


def test_books_are_known_by_isbn_13() -> None:
    assert check_isbn("978-0-306-40615-7") is None
    assert check_isbn("9780306406158") == "校验位不正确，请核对第 13 位"
    assert check_isbn("0306406152") == "应为 13 位数字，以 978 或 979 开头"


def test_a_mobile_number_has_eleven_digits() -> None:
    assert check_mobile("130 0000 0000") is None
    assert check_mobile("12000000000") == "应为 11 位手机号码"
    assert check_mobile("1300000000") == "应为 11 位手机号码"
