"""Latent spaces: projection, paths between codes, what each axis does. Pure functions of arrays."""
