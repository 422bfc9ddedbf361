"""Training of the embedder and the reader that ship with Pincite. Nothing here is imported by the product."""
