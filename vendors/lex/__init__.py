"""Amazon Lex."""
