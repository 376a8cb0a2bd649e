from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "staff"

    def ready(self) -> None:
        """Money knows no roles: who held which when joins the audit packs."""
        from donations.audit import sheets  # noqa: PLC0415 - models are not loaded before this
        from staff import role_story  # noqa: PLC0415

        sheets.SHEETS["roles"] = role_story.sheet
