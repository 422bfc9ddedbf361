"""Word files: what a reader sees, with the numbers that Word counts itself, and where notes and links lead."""

from __future__ import annotations

import pytest
from docx_files import (
    abstract,
    field,
    make_docx,
    make_zip,
    note,
    num,
    numbered,
    p,
    r,
    raised,
    reference,
    table,
)
