"""Several processes on one port: a supervisor that serves nothing itself, and workers that serve what it gives them."""
