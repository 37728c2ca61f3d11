"""Account files: read, checked, and turned into models."""
