"""The sample project: hand-written, synthetic traces of an imagined shop. See README.md."""
