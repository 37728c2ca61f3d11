"""A function or service that speaks the custom-integration contract itself."""
