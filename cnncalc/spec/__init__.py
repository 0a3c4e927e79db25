"""Reading and expanding specs: from YAML text to a network."""
