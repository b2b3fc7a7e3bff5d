"""The rules, one theme a file. Each is a function from the subject to what it finds."""

from assistant.checks.base import Rule
from assistant.checks.rules.catalogue import limits, prices, stock, unknown_numbers
from assistant.checks.rules.contradictions import contradictions
from assistant.checks.rules.dates import past_dates, weekdays
from assistant.checks.rules.language import language
from assistant.checks.rules.names import keywords, product_names, questions
from assistant.checks.rules.personal import personal_data
from assistant.checks.rules.products import product_values
from assistant.checks.rules.retrieval import found_by_members
from assistant.checks.rules.terms import currency, payment_methods, terms
from assistant.checks.rules.validity import validity
from assistant.checks.rules.wording import wording

RULES: tuple[Rule, ...] = (
    prices,
    limits,
    stock,
    unknown_numbers,
    terms,
    payment_methods,
    currency,
    contradictions,
    past_dates,
    weekdays,
    wording,
    personal_data,
    language,
    questions,
    keywords,
    product_names,
    product_values,
    validity,
    found_by_members,
)
"""All rules; what matters most comes first."""
