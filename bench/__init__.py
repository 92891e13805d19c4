"""`./run bench`: the figures of docs/performance.md, made again on this machine, with the limit of each beside it."""
