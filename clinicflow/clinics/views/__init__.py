"""Pages of the clinic itself: the way in, who works here, what is written down."""
