"""The kernel that ingestion and the service share: records, embedding, search, and generations on disk."""
