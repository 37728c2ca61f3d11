"""How long it takes from the start of a process to the first answer: `python -m load.coldstart`."""
