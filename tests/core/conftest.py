"""That this file is here lets every test below find the textbook beside it."""
