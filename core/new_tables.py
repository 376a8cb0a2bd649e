"""Making many tables at once: the first migration of an app."""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import Migration
from django.db.migrations.state import ProjectState


class NewTables(Migration):
    """A migration that makes new tables and changes none, so that their order cannot matter.

    Django draws all related models anew after each operation: with two hundred of them that takes
    minutes. Here the models of all operations are known first, and are drawn once.

    It may hold `CreateModel` with everything that belongs to the table (all fields; constraints,
    indexes and triggers among the options), `AddTrigger` for a proxy, which has no table, and
    `RunSQL`. Whatever changes a table belongs into an ordinary migration.
    """

    def apply(
        self,
        project_state: ProjectState,
        schema_editor: BaseDatabaseSchemaEditor,
        collect_sql: bool = False,
    ) -> ProjectState:
        before = project_state.clone()
        vars(project_state).pop("apps", None)  # drawn again when the first table asks for it
        for operation in self.operations:
            operation.state_forwards(self.app_label, project_state)
        for operation in self.operations:
            operation.database_forwards(self.app_label, schema_editor, before, project_state)
        return project_state
