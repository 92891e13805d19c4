"""导入: tickets of an older system or a published data set, from a CSV file through the services (docs/import.md)."""
