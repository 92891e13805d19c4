"""The verbs: one module per link of the chain 受理 → 交办 → 督办 → 答复. Services never commit and never ask the clock."""
