"""Every text of the board in Spanish, Portuguese and English, under the name of its page."""

from propension.board.texts.access import ACCESS
from propension.board.texts.account import ACCOUNT
from propension.board.texts.accounts import ACCOUNTS
from propension.board.texts.agenda import AGENDA
from propension.board.texts.feedback import FEEDBACK
from propension.board.texts.portfolio import PORTFOLIO
from propension.board.texts.shell import SHELL
from propension.board.texts.whatif import WHATIF
from propension.config import Texts

_PAGES: dict[str, dict[str, Texts]] = {
    "access": ACCESS,
    "account": ACCOUNT,
    "accounts": ACCOUNTS,
    "agenda": AGENDA,
    "feedback": FEEDBACK,
    "portfolio": PORTFOLIO,
    "shell": SHELL,
    "whatif": WHATIF,
}
TEXTS = {f"{page}.{name}": text for page, found in _PAGES.items() for name, text in found.items()}
