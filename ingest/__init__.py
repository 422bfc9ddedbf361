"""From files to a published generation: parsing, bibliographies, citation markers, passages."""
