"""How the API schema names the keys that callers send."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """API keys as a bearer token; Opik's clients send the key bare."""

    target_class = "feedback_app.api.authentication.KeyAuthentication"
    name = "ApiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A key of the API keys page. Opik's SDK sends it without `Bearer`.",
        }
