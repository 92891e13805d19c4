"""How well calls and complaints are understood: `./run bench --only understanding` (see `measuring`).

Nothing here is read by the product, and nothing of the held-out folder by whoever makes its rules.
"""
