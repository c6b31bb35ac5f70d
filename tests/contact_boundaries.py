"""The boundaries of every rule, as a table: what is asked, after what, and what comes of it.

Local times are those of the country's capital, or of the time zone given. 2026-01-12 and 2026-06-01
are Mondays.
"""

from dataclasses import dataclass, field

from contact_tables import contact, proposal


@dataclass(frozen=True)
class Boundary:
    rule: str
    what: str
    asked: dict
    refused: bool
    earliest: str = ""
    past: tuple = ()
    choices: dict = field(default_factory=dict)

    @property
    def name(self):
        return f"{self.rule}: {self.what}"


LENIENT = {"reading": "lenient"}
OTHERS_DEBTS = {"scope": "third_party"}
REFUSED, ALLOWED = True, False


# fmt: off
def _hours():
    yield Boundary("co-hours", "weekday 07:00", proposal("CO", "2026-01-13 07:00"), ALLOWED)
    yield Boundary("co-hours", "weekday 06:59", proposal("CO", "2026-01-13 06:59"), REFUSED, "2026-01-13 07:00")
    yield Boundary("co-hours", "weekday 19:00", proposal("CO", "2026-01-13 19:00"), ALLOWED)
    yield Boundary("co-hours", "weekday 19:01", proposal("CO", "2026-01-13 19:01"), REFUSED, "2026-01-14 07:00")
    yield Boundary("co-hours", "Saturday 15:00", proposal("CO", "2026-01-17 15:00"), ALLOWED)
    yield Boundary("co-hours", "Saturday 15:01", proposal("CO", "2026-01-17 15:01"), REFUSED, "2026-01-19 07:00")
    yield Boundary("co-hours", "Saturday 07:59", proposal("CO", "2026-01-17 07:59"), REFUSED, "2026-01-17 08:00")
    yield Boundary("co-hours", "Sunday", proposal("CO", "2026-01-18 12:00"), REFUSED, "2026-01-19 07:00")
    yield Boundary("co-hours", "holiday moved to Monday", proposal("CO", "2026-01-12 10:00"), REFUSED, "2026-01-13 07:00")
    yield Boundary("co-hours", "night before the law", proposal("CO", "2023-10-09 23:59"), ALLOWED)
    yield Boundary("co-hours", "first night of the law", proposal("CO", "2023-10-10 00:00"), REFUSED, "2023-10-10 07:00")
    yield Boundary("co-hours", "debtor in Madrid", proposal("CO", "2026-01-13 19:30", timezone="Europe/Madrid"), REFUSED)
    yield Boundary("mx-hours", "Tijuana 06:30, 08:30 in the capital", proposal("MX", "2026-01-13 06:30", timezone="America/Tijuana"), REFUSED)
    yield Boundary("mx-hours", "08:30 in the capital", proposal("MX", "2026-01-13 08:30"), ALLOWED)
    yield Boundary("mx-hours", "22:00", proposal("MX", "2026-01-13 22:00"), ALLOWED)
    yield Boundary("mx-hours", "22:01", proposal("MX", "2026-01-13 22:01"), REFUSED, "2026-01-14 07:00")
    yield Boundary("mx-weekdays", "Saturday", proposal("MX", "2026-01-17 10:00"), REFUSED, "2026-01-19 07:00")
    yield Boundary("mx-weekdays", "Saturday, lenient", proposal("MX", "2026-01-17 10:00"), ALLOWED, choices=LENIENT)
    yield Boundary("pe-hours", "call 19:59", proposal("PE", "2026-06-02 19:59"), ALLOWED)
    yield Boundary("pe-hours", "call 20:00", proposal("PE", "2026-06-02 20:00"), REFUSED, "2026-06-03 07:00")
    yield Boundary("pe-hours", "visit on Saturday", proposal("PE", "2026-06-06 10:00", "visit"), REFUSED, "2026-06-08 07:00")
    yield Boundary("pe-hours", "call on a holiday", proposal("PE", "2026-07-28 10:00"), REFUSED, "2026-07-30 07:00")
    yield Boundary("pe-hours-messages", "message 20:00", proposal("PE", "2026-06-02 20:00", "whatsapp"), REFUSED, "2026-06-03 07:00")
    yield Boundary("pe-hours-messages", "message on Saturday", proposal("PE", "2026-06-06 10:00", "sms"), REFUSED)
    yield Boundary("pe-hours-messages", "message 20:00, lenient", proposal("PE", "2026-06-02 20:00", "whatsapp"), ALLOWED, choices=LENIENT)
    yield Boundary("cl-hours", "Saturday 20:00", proposal("CL", "2026-06-06 20:00"), ALLOWED)
    yield Boundary("cl-hours", "Saturday 20:01", proposal("CL", "2026-06-06 20:01"), REFUSED, "2026-06-08 08:00")
    yield Boundary("cl-hours", "Sunday", proposal("CL", "2026-06-07 12:00"), REFUSED, "2026-06-08 08:00")
    yield Boundary("cl-hours", "11:30 UTC in summer", proposal("CL", "2026-04-02 08:30"), ALLOWED)
    yield Boundary("cl-hours", "11:30 UTC in winter", proposal("CL", "2026-04-06 07:30"), REFUSED, "2026-04-06 08:00")
    yield Boundary("cl-hours", "20:01 before the clocks go back", proposal("CL", "2026-04-04 20:01"), REFUSED, "2026-04-06 08:00")


def _hours_further_on():
    yield Boundary("ar-hours", "18:59", proposal("AR", "2026-06-02 18:59"), ALLOWED)
    yield Boundary("ar-hours", "19:00", proposal("AR", "2026-06-02 19:00"), REFUSED, "2026-06-03 09:00")
    yield Boundary("ar-hours", "Saturday", proposal("AR", "2026-06-06 12:00"), REFUSED, "2026-06-08 09:00")
    yield Boundary("br-hours", "Manaus 08:30, 09:30 in São Paulo", proposal("BR", "2026-06-02 08:30", timezone="America/Manaus"), REFUSED)
    yield Boundary("br-hours", "19:00", proposal("BR", "2026-06-02 19:00"), REFUSED, "2026-06-03 09:00")
    yield Boundary("br-hours", "18:59", proposal("BR", "2026-06-02 18:59"), ALLOWED)
    yield Boundary("br-hours", "08:30 outside São Paulo", proposal("BR", "2026-06-02 08:30", region="RJ"), REFUSED, "2026-06-02 09:00")
    yield Boundary("br-sp-hours", "08:30 in São Paulo", proposal("BR", "2026-06-02 08:30", region="SP"), ALLOWED)
    yield Boundary("br-sp-hours", "20:01", proposal("BR", "2026-06-02 20:01", region="BR-SP"), REFUSED, "2026-06-03 08:00")
    yield Boundary("br-sp-hours", "Saturday 14:00", proposal("BR", "2026-06-06 14:00", region="SP"), ALLOWED)
    yield Boundary("br-sp-hours", "Saturday 14:01", proposal("BR", "2026-06-06 14:01", region="SP"), REFUSED, "2026-06-08 08:00")
    yield Boundary("br-sp-hours", "holiday of the state", proposal("BR", "2026-07-09 10:00", region="SP"), REFUSED, "2026-07-10 08:00")
    yield Boundary("ec-hours", "20:00", proposal("EC", "2026-06-02 20:00"), ALLOWED)
    yield Boundary("ec-hours", "20:01", proposal("EC", "2026-06-02 20:01"), REFUSED, "2026-06-03 07:00")
    yield Boundary("ec-hours", "Saturday", proposal("EC", "2026-06-06 12:00"), REFUSED, "2026-06-08 07:00")
    yield Boundary("us-hours", "21:00 on the day the clocks go forward", proposal("US", "2026-03-08 21:00"), ALLOWED)
    yield Boundary("us-hours", "21:01 on that day", proposal("US", "2026-03-08 21:01"), REFUSED, "2026-03-09 08:00")
    yield Boundary("us-hours", "07:59 on that day", proposal("US", "2026-03-08 07:59"), REFUSED, "2026-03-08 08:00")
    yield Boundary("us-hours", "08:00 on the day the clocks go back", proposal("US", "2026-11-01 08:00"), ALLOWED)
    yield Boundary("us-hours", "07:59 on that day, 12:59 UTC", proposal("US", "2026-11-01 07:59"), REFUSED, "2026-11-01 08:00")
    yield Boundary("us-hours", "time zone missing, night in Hawaii", proposal("US", "2026-06-02 13:59", timezone=None), REFUSED, "2026-06-02 14:00")
    yield Boundary("us-hours", "time zone missing, day everywhere", proposal("US", "2026-06-02 14:00", timezone=None), ALLOWED)
    yield Boundary("us-hours", "others' debts, lenient", proposal("US", "2026-06-02 07:00"), REFUSED, choices=LENIENT | OTHERS_DEBTS)
    yield Boundary("us-hours", "own debts, lenient", proposal("US", "2026-06-02 07:00"), ALLOWED, choices=LENIENT)
    yield Boundary("es-hours", "20:59", proposal("ES", "2026-06-02 20:59"), ALLOWED)
    yield Boundary("es-hours", "21:00", proposal("ES", "2026-06-02 21:00"), REFUSED, "2026-06-03 09:00")
    yield Boundary("es-hours", "holiday of Madrid", proposal("ES", "2026-05-02 12:00", region="MD"), REFUSED)


def _who_and_how():
    for country in ("CO", "MX", "PE", "CL", "AR", "BR", "EC", "US", "ES"):
        rule = f"{country.lower()}-recipients"
        noon = "2026-06-02 14:00"
        yield Boundary(rule, "guarantor", proposal(country, noon, recipient="guarantor"), ALLOWED)
        yield Boundary(rule, "third party", proposal(country, noon, recipient="third_party"), REFUSED, "never")
        yield Boundary(rule, "reference", proposal(country, noon, recipient="reference"), REFUSED, "never")
    yield Boundary("co-no-visits", "visit", proposal("CO", "2026-06-02 10:00", "visit"), REFUSED, "never")


def _colombia():
    spoken = contact("CO", "2026-01-14 09:00", outcome="right_party")
    friday = contact("CO", "2026-01-16 09:00", outcome="right_party")
    read = contact("CO", "2026-01-14 09:00", "sms", outcome="read")
    rule = "co-one-a-day"
    yield Boundary(rule, "second contact of the day", proposal("CO", "2026-01-14 15:00"), REFUSED, "2026-01-15 07:00", (spoken,))
    yield Boundary(rule, "second attempt after no answer", proposal("CO", "2026-01-14 15:00"), ALLOWED, past=(contact("CO", "2026-01-14 09:00"),))
    yield Boundary(rule, "next day", proposal("CO", "2026-01-15 07:00"), ALLOWED, past=(spoken,))
    yield Boundary(rule, "second message after one that was read, lenient", proposal("CO", "2026-01-14 15:00", "sms"), ALLOWED, past=(read,), choices=LENIENT)
    yield Boundary(rule, "second call after a conversation, lenient", proposal("CO", "2026-01-14 15:00"), REFUSED, "2026-01-15 07:00", (spoken,), LENIENT)
    rule = "co-one-channel"
    yield Boundary(rule, "second channel of the week", proposal("CO", "2026-01-16 10:00", "sms"), REFUSED, "2026-01-21 07:00", (spoken,))
    yield Boundary(rule, "same channel", proposal("CO", "2026-01-16 10:00"), ALLOWED, past=(spoken,))
    yield Boundary(rule, "seventh day", proposal("CO", "2026-01-20 10:00", "sms"), REFUSED, "2026-01-21 07:00", (spoken,))
    yield Boundary(rule, "eighth day", proposal("CO", "2026-01-21 10:00", "sms"), ALLOWED, past=(spoken,))
    yield Boundary(rule, "Monday after Friday", proposal("CO", "2026-01-19 10:00", "sms"), REFUSED, "2026-01-23 07:00", (friday,))
    yield Boundary(rule, "Monday after Friday, lenient", proposal("CO", "2026-01-19 10:00", "sms"), ALLOWED, past=(friday,), choices=LENIENT)
    yield Boundary(rule, "second channel of the week, lenient", proposal("CO", "2026-01-16 10:00", "sms"), REFUSED, "2026-01-19 07:00", (spoken,), LENIENT)
    yield Boundary(rule, "call after a message that was read", proposal("CO", "2026-01-15 10:00"), REFUSED, "2026-01-21 07:00", (read,))
    yield Boundary(rule, "call after a message that was read, lenient", proposal("CO", "2026-01-15 10:00"), ALLOWED, past=(read,), choices=LENIENT)


def _chile_and_ecuador():
    called = contact("CL", "2026-06-03 10:00")
    spoken = contact("CL", "2026-06-03 10:00", outcome="right_party")
    first, second = (contact("CL", f"2026-06-0{day} 10:00", "sms") for day in (1, 3))
    rule = "cl-phone-weekly"
    yield Boundary(rule, "visit on the seventh day", proposal("CL", "2026-06-09 10:00", "visit"), REFUSED, "2026-06-10 08:00", (called,))
    yield Boundary(rule, "call on the eighth day", proposal("CL", "2026-06-10 08:00"), ALLOWED, past=(called,))
    yield Boundary(rule, "next calendar week, lenient", proposal("CL", "2026-06-08 10:00"), ALLOWED, past=(spoken,), choices=LENIENT)
    yield Boundary(rule, "same calendar week, lenient", proposal("CL", "2026-06-06 10:00"), REFUSED, "2026-06-08 08:00", (spoken,), LENIENT)
    yield Boundary(rule, "message in the week of a call", proposal("CL", "2026-06-04 10:00", "sms"), ALLOWED, past=(called,))
    rule = "cl-messages-weekly"
    yield Boundary(rule, "third message of the week", proposal("CL", "2026-06-05 10:00", "email"), REFUSED, "2026-06-08 08:00", (first, second))
    yield Boundary(rule, "second message of the week", proposal("CL", "2026-06-05 10:00", "email"), ALLOWED, past=(second,))
    yield Boundary(rule, "third message of the week, lenient", proposal("CL", "2026-06-05 10:00", "email"), REFUSED, "2026-06-08 08:00", (first, second), LENIENT)
    rule = "cl-messages-apart"
    yield Boundary(rule, "message on the next day", proposal("CL", "2026-06-02 10:00", "email"), REFUSED, "2026-06-03 08:00", (first,))
    yield Boundary(rule, "message two days later", proposal("CL", "2026-06-03 10:00", "sms"), ALLOWED, past=(first,))
    rule = "ec-one-a-day"
    morning = contact("EC", "2026-06-02 08:00", "sms")
    delivered = contact("EC", "2026-06-02 08:00", "sms", outcome="delivered")
    yield Boundary(rule, "call after a message that day", proposal("EC", "2026-06-02 15:00"), REFUSED, "2026-06-03 07:00", (morning,))
    yield Boundary(rule, "next day", proposal("EC", "2026-06-03 07:00"), ALLOWED, past=(morning,))
    yield Boundary(rule, "call after a message that failed, lenient", proposal("EC", "2026-06-02 15:00"), ALLOWED, past=(morning,), choices=LENIENT)
    yield Boundary(rule, "call after a message that arrived, lenient", proposal("EC", "2026-06-02 15:00"), REFUSED, past=(delivered,), choices=LENIENT)


def _united_states():
    calls = tuple(contact("US", f"2026-06-01 {hour:02}:00") for hour in range(10, 17))
    spoken = contact("US", "2026-06-01 10:00", outcome="right_party")
    answered_in = contact("US", "2026-06-01 10:00", outcome="right_party", direction="in")
    rule = "us-seven-calls"
    yield Boundary(rule, "eighth call on day 7", proposal("US", "2026-06-07 10:00"), REFUSED, "2026-06-08 08:00", calls)
    yield Boundary(rule, "call on day 8", proposal("US", "2026-06-08 08:00"), ALLOWED, past=calls)
    yield Boundary(rule, "seventh call", proposal("US", "2026-06-07 10:00"), ALLOWED, past=calls[:6])
    yield Boundary(rule, "call about another debt", proposal("US", "2026-06-07 10:00", debt_id="E"), ALLOWED, past=calls)
    yield Boundary(rule, "call about no debt in particular", proposal("US", "2026-06-07 10:00", debt_id=None), REFUSED, "2026-06-08 08:00", calls)
    yield Boundary(rule, "message after seven calls", proposal("US", "2026-06-07 10:00", "email"), ALLOWED, past=calls)
    yield Boundary(rule, "eighth call, others' debts, lenient", proposal("US", "2026-06-07 10:00"), REFUSED, "2026-06-08 08:00", calls, LENIENT | OTHERS_DEBTS)
    yield Boundary(rule, "eighth call, own debts, lenient", proposal("US", "2026-06-07 10:00"), ALLOWED, past=calls, choices=LENIENT)
    rule = "us-after-conversation"
    yield Boundary(rule, "call on day 7", proposal("US", "2026-06-07 10:00"), REFUSED, "2026-06-08 08:00", (spoken,))
    yield Boundary(rule, "call on day 8", proposal("US", "2026-06-08 08:00"), ALLOWED, past=(spoken,))
    yield Boundary(rule, "call after the debtor's own call", proposal("US", "2026-06-03 10:00"), REFUSED, "2026-06-08 08:00", (answered_in,))
    yield Boundary(rule, "call before the conversation", proposal("US", "2026-06-01 09:00"), ALLOWED, past=(spoken,))
    yield Boundary(rule, "call about another debt", proposal("US", "2026-06-03 10:00", debt_id="E"), ALLOWED, past=(spoken,))

# fmt: on


BOUNDARIES = (
    *_hours(),
    *_hours_further_on(),
    *_who_and_how(),
    *_colombia(),
    *_chile_and_ecuador(),
    *_united_states(),
)
