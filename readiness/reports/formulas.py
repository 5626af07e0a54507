"""What a spreadsheet would take for a formula."""

# As OWASP lists them under "CSV Injection".
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def looks_like_formula(text: str) -> bool:
    """True when a program that opens the text as a cell may calculate it."""
    return text.lstrip(" ").startswith(STARTS)
