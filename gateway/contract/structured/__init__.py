"""The rules of structured content: what a check finds, the kinds of rules, and the table of elements that uses them."""
