from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import BaseUserCreationForm, ReadOnlyPasswordHashField
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse

from feedback_app.models import User
from feedback_app.services import users
from traces_app.admin.operator_admin import OperatorAdmin

if TYPE_CHECKING:
    _NewPersonForm = BaseUserCreationForm[User]
    _ModelForm = forms.ModelForm[User]
    _UserAdmin = UserAdmin[User]
else:
    _NewPersonForm, _ModelForm, _UserAdmin = BaseUserCreationForm, forms.ModelForm, UserAdmin

# Roles are per workspace, and staff may do everything here: groups would decide nothing.
admin.site.unregister(Group)


class NewPersonForm(_NewPersonForm):
    class Meta:
        model = User
        fields = ("email", "name", "is_staff")


class AccountForm(_ModelForm):
    password = ReadOnlyPasswordHashField()

    class Meta:
        model = User
        fields = ("email", "name", "is_active", "is_staff")


@admin.register(User)
class AccountAdmin(OperatorAdmin, _UserAdmin):
    """People and service accounts: made, changed and deactivated, never deleted."""

    may_add = may_change = True
    add_form = NewPersonForm
    form = AccountForm
    add_fieldsets = ((None, {"fields": ("email", "name", "is_staff", "password1", "password2")}),)
    fieldsets = (
        (None, {"fields": ("email", "name", "password")}),
        (None, {"fields": ("is_active", "is_staff")}),
        (None, {"fields": ("id", "is_service", "joined_at", "last_login")}),
    )
    filter_horizontal = ()
    readonly_fields = ("id", "is_service", "joined_at", "last_login")
    list_display = ("id", "email", "name", "is_service", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "is_service")
    ordering = ("-pk",)
    search_fields = ("pk",)
    search_help_text = "An exact id, or the beginning of the e-mail or name."

    def found_beside(self, rows: QuerySet[Any], term: str, row_id: UUID | None) -> QuerySet[Any]:
        return rows.filter(Q(email__startswith=term.lower()) | Q(name__istartswith=term))

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        by, said = _operator(request), form.cleaned_data
        account = {"email": said["email"], "name": said["name"], "is_operator": said["is_staff"]}
        if change:
            users.edit(by=by, user_id=obj.pk, is_active=said["is_active"], **account)
        else:
            obj.pk = users.create_person(by=by, password=said["password1"], **account).pk

    @transaction.atomic
    def user_change_password(
        self, request: HttpRequest, id: str, form_url: str = ""
    ) -> HttpResponse:
        """Django's page, with the audit event that belongs to it."""
        user = self.get_object(request, unquote(id))
        response = super().user_change_password(request, id, form_url)
        if user is not None:
            before = user.password
            user.refresh_from_db()
            if user.password != before:
                users.record_password_change(by=_operator(request), user=user)
        return response


def _operator(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
