"""The vector index, behind one protocol: embedded (edge), on a server, or another process's."""

from catalog.vectors.store import Hit, VectorStore

__all__ = ["Hit", "VectorStore"]
