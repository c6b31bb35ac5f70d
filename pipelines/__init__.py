"""The application: Prefect flows and the `propension` command."""
