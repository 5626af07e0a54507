"""Live AWS state: what to read, how to read it, what it means.

No Django in here but for runner, views and urls.
"""
