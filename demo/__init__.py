"""The demo: two fictional clinics, built reproducibly around today."""
