"""What a call costs, in USD. List prices of OpenAI's API (developers.openai.com/api/docs/pricing), standard tier, for a
million tokens, as published in the autumn of 2026; they change, so look there before you rely on the sum.

Another server's models, and models that are not listed, count at the highest price: a cap errs on the safe side.
"""

import re
from decimal import Decimal

MILLION = Decimal(1_000_000)
HIGHEST = (Decimal("30"), Decimal("180"))
PER_MILLION = {  # model id -> (input, output)
    "gpt-5.5": (Decimal("5"), Decimal("30")),
    "gpt-5.4": (Decimal("2.50"), Decimal("15")),
    "gpt-5.4-mini": (Decimal("0.75"), Decimal("4.50")),
    "gpt-5.4-nano": (Decimal("0.20"), Decimal("1.25")),
    "gpt-5.1": (Decimal("1.25"), Decimal("10")),
    "gpt-5": (Decimal("1.25"), Decimal("10")),
    "gpt-5-mini": (Decimal("0.25"), Decimal("2")),
    "gpt-5-nano": (Decimal("0.05"), Decimal("0.40")),
    "gpt-5-pro": (Decimal("15"), Decimal("120")),
    "gpt-4.1": (Decimal("2"), Decimal("8")),
    "gpt-4.1-mini": (Decimal("0.40"), Decimal("1.60")),
    "gpt-4.1-nano": (Decimal("0.10"), Decimal("0.40")),
    "gpt-4o": (Decimal("2.50"), Decimal("10")),
    "gpt-4o-mini": (Decimal("0.15"), Decimal("0.60")),
}
_DATED = re.compile(r"-\d{4}-\d{2}-\d{2}$")


def cost_of(model: str, input_tokens: int, output_tokens: int) -> Decimal:
    """The price of a call in USD, to six places; a dated snapshot costs what its model does. Cached input counts in
    full.
    """
    price_in, price_out = PER_MILLION.get(_DATED.sub("", model), HIGHEST)
    cost = (price_in * input_tokens + price_out * output_tokens) / MILLION
    return cost.quantize(Decimal("0.000001"))


def worst_cost(model: str, characters: int, max_output_tokens: int) -> Decimal:
    """What a call may cost at most: no text has more tokens than two for three characters."""
    return cost_of(model, characters * 2 // 3 + 1000, max_output_tokens)
