"""IBM Watson Assistant: sessions and messages of its V2 API, signed in through IBM's IAM service."""
