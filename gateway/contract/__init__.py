"""The leaf that every package may import: types, ports, errors, and how the wire is read and written."""
