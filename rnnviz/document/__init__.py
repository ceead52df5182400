"""What is edited: the document, its edits and files, and the frame it computes to. No Qt."""

SCENE_SUFFIX = ".rnnviz.json"
