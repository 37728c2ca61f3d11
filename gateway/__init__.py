"""botbridge: the gateway between LivePerson and a brand's own bot."""
