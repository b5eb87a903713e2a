"""Pure ground: identifiers, working-day clock, crypto providers, errors, text search. No Django, no domain nouns."""
