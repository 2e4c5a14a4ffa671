"""The mail catcher."""

from email.message import EmailMessage
from smtplib import SMTP

from tests.support.mail import Mailbox


def test_it_keeps_a_letter(mailbox: Mailbox) -> None:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "office@example.org", "applicant@example.org", "材料已退回"
    letter.set_content("请在期限内修改后重新提交。")
    with SMTP(mailbox.host, mailbox.port) as smtp:
        smtp.send_message(letter)
    [caught] = mailbox.letters
    assert (caught["Subject"], caught["X-Envelope-To"]) == ("材料已退回", "applicant@example.org")
    assert caught.get_content() == "请在期限内修改后重新提交。\n"
