"""The editors: widgets that show the document's numbers and turn what the hand does into edits."""
