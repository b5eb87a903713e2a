"""Doors, lists, tables, jobs, parameters, the home folder: Django, and no domain nouns."""
