"""What the first pages of front desk and doctor show, read in few queries and counted in plain Python."""
