"""What results say in the reader's language: one place for pages, files and terminal."""
