"""A case for a build: measures, shape, what is wrong with it; a template for foam board."""
