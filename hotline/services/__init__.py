"""The verbs: one module per link of 受理 → 交办 → 督办 → 答复. Services never commit nor ask the clock."""
