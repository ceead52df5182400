from rnnviz.document.document import Document
def torch_script(document: Document) -> str: return ""
