"""Vendors: each folder speaks to one, through its own SDK; `registry` names them."""
