"""Whole plans as people read them: of the example repositories, with git as the base."""
