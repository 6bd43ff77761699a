"""The first pages of each role."""
