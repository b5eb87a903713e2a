"""交办: directives go down in a unit's name and come back as accepted answers."""
