from tests.feedback_app.generator.conftest import endpoint

__all__ = ["endpoint"]
