"""Settings, addresses, base templates, static files, wording profiles, sign-in."""
