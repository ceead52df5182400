"""What is seen: theme, widgets, editors (which show the document) and plots (which show the frame)."""
