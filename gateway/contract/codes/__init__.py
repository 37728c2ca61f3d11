"""The error catalogue's data: one module per family of codes, one `Entry` per code, in the order of docs/contract/errors.md."""
