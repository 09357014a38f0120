"""The admin as a whole: the operator's view of the installation."""

from django.contrib import admin

admin.site.site_header = "Marginalia operator"
admin.site.site_title = "Marginalia operator"
admin.site.index_title = "Everything in this installation"
