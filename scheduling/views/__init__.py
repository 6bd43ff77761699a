"""Pages and fragments of one visit."""
