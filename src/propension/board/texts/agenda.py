"""What the page of the agenda says."""

from propension.config import texts

AGENDA = {
    "title": texts("Agenda", "Agenda", "Agenda"),
    "today": texts("hoy", "hoje", "today"),
    "day": texts("Día", "Dia", "Day"),
    "hour": texts("Hora", "Hora", "Time"),
    "all_teams": texts("Todos los equipos", "Todas as equipes", "All teams"),
    "all_agents": texts("Todos los agentes", "Todos os agentes", "All agents"),
    "agent": texts("Agente {agent}", "Agente {agent}", "Agent {agent}"),
    "show": texts("Mostrar", "Mostrar", "Show"),
    "clock": texts(
        "Horas en el reloj de los equipos ({zone}).",
        "Horas no relógio das equipes ({zone}).",
        "Times are on the teams' clock ({zone}).",
    ),
    "due_today": texts("Tareas para hoy", "Tarefas para hoje", "Tasks due today"),
    "not_today": texts(
        "La lista no planea nada para hoy, {date}. Planea del {first} al {last}.",
        "A lista não planeja nada para hoje, {date}. Planeja de {first} a {last}.",
        "The list plans nothing for today, {date}. It plans from {first} to {last}.",
    ),
    "by_day": texts("Por día y equipo", "Por dia e equipe", "By day and team"),
    "people": texts("Trabajo de las personas", "Trabalho das pessoas", "Work of people"),
    "sends": texts("Envíos automáticos", "Envios automáticos", "Automatic sends"),
    "count": texts("Cuántos", "Quantos", "How many"),
    "calendar": texts("Calendario", "Calendário", "Calendar"),
    "calendar_all": texts(
        "Descargar el calendario de todos (.ics)",
        "Baixar o calendário de todos (.ics)",
        "Download everybody's calendar (.ics)",
    ),
    "calendar_of": texts(
        "Descargar el calendario de {team}, agente {agent} (.ics)",
        "Baixar o calendário de {team}, agente {agent} (.ics)",
        "Download the calendar of {team}, agent {agent} (.ics)",
    ),
    "no_calendar": texts(
        "No hay un calendario así en esta lista.",
        "Não há um calendário assim nesta lista.",
        "There is no such calendar with this list.",
    ),
    "names_in_calendar": texts(
        "Los calendarios llevan nombres de clientes: los descarga quien tiene el rol de gestión.",
        "Os calendários levam nomes de clientes: são baixados por quem tem o papel de gestão.",
        "Calendars hold customers' names: those with the role manager download them.",
    ),
    "nothing": texts(
        "Esta lista no tiene nada en la agenda.",
        "Esta lista não tem nada na agenda.",
        "This list has nothing in the agenda.",
    ),
    "nothing_found": texts(
        "No hay nada con este filtro. Elija otro día, o todos los equipos.",
        "Não há nada com este filtro. Escolha outro dia, ou todas as equipes.",
        "There is nothing with this filter. Choose another day, or all teams.",
    ),
    "shown": texts(
        "Tareas {first} a {last} de {total}", "Tarefas {first} a {last} de {total}", "Tasks {first} to {last} of {total}"
    ),
    "more": texts("Más tareas", "Mais tarefas", "More tasks"),
    "before": texts("Tareas anteriores", "Tarefas anteriores", "Tasks before"),
}  # fmt: skip
