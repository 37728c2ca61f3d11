"""Small servers that play the vendors on loopback: for the tests, the demo and load runs.

Nothing in here imports our own packages. A fake that shares our parser would only prove that we agree with ourselves.
"""
