"""The complaint hotline: rules in domain, rows in models, verbs in services, doors in web, cli and workers."""
