"""The front doors: HTTP in, HTTP out."""
