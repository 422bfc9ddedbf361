"""The HTTP service: reads one published generation and answers questions over it."""
