"""The demo: two invented clinics with a past, a present and a future, the same every time."""
