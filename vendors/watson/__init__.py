"""IBM Watson Assistant: messages of its V1 API, sessions and messages of its V2 API, signed in through IBM's IAM service."""
