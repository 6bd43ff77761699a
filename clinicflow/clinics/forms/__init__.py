"""The shape of what is typed in about the clinic and its people."""
