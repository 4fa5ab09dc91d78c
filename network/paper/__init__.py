"""Paper: documents as plain data and their templates in, PDFs out; no Django."""
