"""Who owes: customers, what forbids collecting from them, and what was learnt of them."""

from __future__ import annotations

from propension.config import CHANNELS
from propension.schema.tables.table import (
    OF_CUSTOMER,
    ONE_CHANNEL,
    RECORDED_AT,
    UNREAD,
    Column,
    Table,
    required,
)

FLAGS = ("deceased", "insolvent", "litigation", "hardship", "do_not_contact")

CUSTOMERS = Table(
    name="customers",
    meaning="Who owes: one row for each person or company, as it is today; what changes belongs in `attributes`. Further "
    "columns called `audit_...` (`audit_sex`, `audit_age_group`) serve the fairness audit alone and never score anybody; "
    "nothing reads others.",
    key=("customer_id",),
    required=True,
    open_columns=True,
    columns=(
        required("customer_id", "The person or company that owes and is contacted."),
        Column(
            "name",
            "Shown, in lists and messages, as far as `outputs.personal_data` allows. Empty: messages name nobody.",
            personal=True,
        ),
        Column(
            "kind",
            "`person` or `company`; feeds the model, and rules of the policy may ask for it.",
            allowed=("person", "company"),
        ),
        Column(
            "group_id",
            "Corporate group: customers with the same one belong together, and what the whole group owes feeds the "
            "model. Empty: in no group.",
        ),
        Column(
            "country",
            "Whose contact rules and holidays hold: ISO 3166-1, two letters (`CO`). Of a country without "
            "rules nobody is contacted. Empty: `portfolio.country`.",
            letters="upper",
        ),
        Column(
            "region",
            "State, province or department. Written as in ISO 3166-2 (`BR-SP` or `SP`), its own holidays and contact "
            "rules hold too; any other word only feeds the model and forms groups. Empty: those of the country alone "
            "hold.",
        ),
        Column(
            "timezone",
            "The customer's clock, for hours of contact: a name of the IANA (`America/Bogota`). Empty: a contact "
            "must be lawful in every zone of the country, and the hours at which the customer answered are those of "
            "UTC.",
        ),
        Column(
            "industry",
            "What a company does, in words of your own, each always written alike: it feeds the model.",
        ),
        Column(
            "product_line",
            "What the customer mainly buys, in words of your own: it feeds the model, and KPIs and limits of "
            "pressure are told by it.",
        ),
        Column(
            "since",
            "First day as a customer. Empty: the model does not know it, and the list shows the age of the oldest "
            "debt.",
            "date",
        ),
        Column(
            "language",
            "Of messages: `es`, `pt` or `en`, where `languages` of the policy names it. Empty, or another: "
            "`portfolio.language`.",
            letters="lower",
        ),
        Column(
            "preferred_channel",
            f"By which the customer asks to be contacted: {ONE_CHANNEL}. {UNREAD}",
            allowed=CHANNELS,
        ),
        Column(
            "phone",
            "Its number, shown where `outputs.personal_data` is `full`. Empty: no calls, SMS or WhatsApp, unless the "
            "source has nobody's.",
            personal=True,
        ),
        Column(
            "email",
            "Its address, which no list shows. Empty: no e-mail is planned, unless the source has nobody's.",
            personal=True,
        ),
        Column(
            "phone_valid",
            "False: `phone` is known to be wrong, and counts as none. It stands for no `phone`: where only this is "
            "given, nobody is called. Empty: `phone` is taken to be right.",
            "boolean",
        ),
        Column(
            "email_valid",
            "False: `email` is known to be wrong, and counts as none. It stands for no `email`: where only this is "
            "given, nobody is written to. Empty: `email` is taken to be right.",
            "boolean",
        ),
        Column(
            "opt_out_channels",
            "Channels by which the customer must not be contacted, by the same names in one text: `sms, email`. "
            "Between them may stand whatever is no letter; other words are told and not heeded. Empty: none is "
            "refused.",
        ),
        Column(
            "income_day",
            f"Day of the month, 1 to 31, on which its income arrives. {UNREAD} Due dates follow the days on which it "
            "paid.",
            "integer",
        ),
        Column(
            "monthly_income",
            f"In the portfolio's currency. {UNREAD} What it was, and when, can feed the model from `attributes`.",
            "amount",
        ),
        Column(
            "credit_limit",
            f"In the portfolio's currency. {UNREAD} What it was, and when, can feed the model from `attributes`.",
            "amount",
        ),
        Column(
            "solvency",
            "Whether it has something to pay with, as far as anybody looked: `known`, it has; `none`, it has "
            "nothing; `unknown`, not found out. Rules of the policy may ask for it: the shipped one takes to court "
            "only where it is `known`.",
            allowed=("known", "unknown", "none"),
        ),
        Column(
            "vulnerable",
            "True: it must be handled with care, and the shipped policy presses it with nothing harder than a "
            "reminder or a plan. Empty: false.",
            "boolean",
        ),
    ),
)

FLAG_ROWS = Table(
    name="flags",
    meaning="What forbids collecting from a customer, or asks for care, from one day to another. Without it such customers are "
    "treated like all others.",
    key=("customer_id", "flag", "from_on"),
    event="from_on",
    references=OF_CUSTOMER,
    columns=(
        required("customer_id", "Of whom it holds."),
        required(
            "flag",
            "`deceased`: the person has died; `insolvent`: in insolvency proceedings; `litigation`: in a lawsuit "
            "about the debt; `hardship`: cannot pay for now, as by illness or loss of work; `do_not_contact`: must "
            "not be contacted at all. The shipped policy leaves all alone but those in `hardship`, whom it handles "
            "with care.",
            allowed=FLAGS,
        ),
        required("from_on", "First day on which it holds.", "date"),
        Column("until_on", "First day on which it no longer holds. Empty: it holds still.", "date"),
        RECORDED_AT,
    ),
)

ATTRIBUTES = Table(
    name="attributes",
    meaning="What was learnt of customers, and when: one row, whole, for each day on which something changed. The last row known by "
    "a date counts on it. Further columns are your own (`bureau_score`, `employees`), and feed the model where "
    "`features.extra` names them.",
    key=("customer_id", "known_on"),
    event="known_on",
    references=OF_CUSTOMER,
    open_columns=True,
    columns=(
        required("customer_id", "Of whom it was learnt."),
        required(
            "known_on",
            "Day from which it was known to you, not that from which it was true.",
            "date",
        ),
    ),
)
