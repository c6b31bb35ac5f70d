"""The agenda: who does what when, inside working hours and the law; and when messages go out."""

from propension.treatments.agenda.place import AGENDA_SCHEMA, place_tasks

__all__ = ["AGENDA_SCHEMA", "place_tasks"]
