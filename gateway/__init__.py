"""botbridge: the gateway between LivePerson and a brand's own bot."""

__version__ = "0.1.0"
