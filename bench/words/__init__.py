"""How words that patients write are understood: `python -m bench.words PART PATH…`."""
