"""Assembly: actions, window, command line, error reporting, and the entry point."""
