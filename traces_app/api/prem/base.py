"""What every view of Prem's dialect stands on."""

from collections.abc import Callable
from typing import Any, cast

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from traces_app.access import Access
from traces_app.api.prem import errors
from traces_app.models import Face


class PremView(APIView):
    """A view whose caller is ``self.access`` and whose errors have Prem's form."""

    face = Face.PREM
    access: Access

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.access = cast("Access", request.auth)

    def get_exception_handler(self) -> Callable[..., Response | None]:
        return errors.handler
