from rnnviz.document.document import Document
def keras_script(document: Document) -> str: return ""
