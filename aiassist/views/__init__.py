"""Pages of summaries and conversations."""
