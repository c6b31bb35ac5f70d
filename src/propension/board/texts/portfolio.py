"""What the first page says."""

from propension.config import texts

PORTFOLIO = {
    "title": texts("Cartera", "Carteira", "Portfolio"),
    "of_stake": texts(
        "{share} de lo que está en juego",
        "{share} do que está em jogo",
        "{share} of what is at stake",
    ),
    "since": texts("{change} desde el {date}", "{change} desde {date}", "{change} since {date}"),
    "points": texts("{points} puntos", "{points} pontos", "{points} points"),
    "by_segment": texts("Segmentos", "Segmentos", "Segments"),
    "by_risk_band": texts("Bandas de riesgo", "Faixas de risco", "Risk bands"),
    "by_treatment": texts("Gestiones", "Ações", "Treatments"),
    "by_team": texts("Equipos y canales", "Equipes e canais", "Teams and channels"),
    "part": texts("Parte del importe", "Parte do valor", "Share of the amount"),
    "part_of": texts(
        "{share} del importe en juego", "{share} do valor em jogo", "{share} of the amount at stake"
    ),
    "see": texts(
        "Ver las cuentas de {what}", "Ver as contas de {what}", "See the accounts of {what}"
    ),
    "plane": texts(
        "Quién puede y quién quiere pagar",
        "Quem pode e quem quer pagar",
        "Who can and who wants to pay",
    ),
    "plane_alt": texts(
        "Plano de capacidad y voluntad de pago; el color es el importe en juego. {told}. La tabla siguiente lo dice en cifras.",
        "Plano de capacidade e vontade de pagamento; a cor é o valor em jogo. {told}. A tabela seguinte diz em números.",
        "Plane of ability and willingness to pay; the colour is the amount at stake. {told}. The next table says it in figures.",
    ),
    "plane_note": texts(
        "Cada cuadro es un grupo de cuentas vencidas: más oscuro, más importe en juego. En las franjas grises no se sabe.",
        "Cada quadrado é um grupo de contas em atraso: mais escuro, mais valor em jogo. Nas faixas cinzas não se sabe.",
        "Each square is a group of overdue accounts: the darker, the more is at stake. In the grey bands it is uncertain.",
    ),
    "no_plane": texts(
        "Ninguna cuenta de esta lista tiene cuadrante.",
        "Nenhuma conta desta lista tem quadrante.",
        "No account of this list has a quadrant.",
    ),
    "capacity": texts("Capacidad y presupuesto", "Capacidade e orçamento", "Capacity and budget"),
    "capacity_caption": texts(
        "Cuánto se usa, y qué valdría tener más",
        "Quanto se usa, e quanto valeria ter mais",
        "How much is used, and what more would be worth",
    ),
    "used_of": texts("{used} de {capacity}", "{used} de {capacity}", "{used} of {capacity}"),
    "worth": texts("Qué valdría más", "Quanto valeria mais", "What more would be worth"),
    "pressure": texts(
        "Límites de presión por grupo",
        "Limites de pressão por grupo",
        "Limits of pressure by group",
    ),
    "changed": texts(
        "Qué cambió desde la lista anterior",
        "O que mudou desde a lista anterior",
        "What changed since the list before",
    ),
    "no_before": texts(
        "Esta es la primera lista: todavía no hay con qué comparar.",
        "Esta é a primeira lista: ainda não há com o que comparar.",
        "This is the first list: there is nothing to compare it with yet.",
    ),
    "moves_caption": texts(
        "Cuentas que entraron, salieron o cambiaron de segmento desde el {date}",
        "Contas que entraram, saíram ou mudaram de segmento desde {date}",
        "Accounts that came, left or changed segment since {date}",
    ),
    "no_moves": texts(
        "Ninguna cuenta entró, salió ni cambió de segmento.",
        "Nenhuma conta entrou, saiu nem mudou de segmento.",
        "No account came, left or changed segment.",
    ),
    "more_moves": texts(
        "Hay {count} movimientos más pequeños; el libro de Excel de la lista los tiene todos.",
        "Há {count} movimentos menores; a planilha da lista tem todos.",
        "There are {count} smaller moves; the list's workbook has them all.",
    ),
    "forecast": texts("Caja esperada", "Caixa esperado", "Cash to expect"),
    "forecast_told": texts(
        "En las próximas {weeks} semanas se esperan {value}; en {level} de los casos, entre {low} y {high}.",
        "Nas próximas {weeks} semanas esperam-se {value}; em {level} dos casos, entre {low} e {high}.",
        "{value} is expected in the next {weeks} weeks; in {level} of cases between {low} and {high}.",
    ),
    "forecast_value": texts(
        "En las próximas {weeks} semanas se esperan {value}.",
        "Nas próximas {weeks} semanas esperam-se {value}.",
        "{value} is expected in the next {weeks} weeks.",
    ),
    "forecast_of": texts("Calculado el {date}.", "Calculado em {date}.", "Made on {date}."),
    "forecast_alt": texts(
        "Barras con la caja esperada en cada una de las próximas {weeks} semanas. La tabla siguiente da las cifras.",
        "Barras com o caixa esperado em cada uma das próximas {weeks} semanas. A tabela seguinte traz os números.",
        "Bars of the cash expected in each of the next {weeks} weeks. The next table has the figures.",
    ),
    "forecast_table": texts(
        "Caja esperada por semana", "Caixa esperado por semana", "Cash to expect by week"
    ),
    "in_figures": texts("En cifras", "Em números", "In figures"),
    "no_forecast": texts(
        "Todavía no se calculó. Para hacerlo:",
        "Ainda não foi calculado. Para fazer isso:",
        "It was not made yet. To make it:",
    ),
    "week": texts("Semana", "Semana", "Week"),
    "expected": texts("Se espera", "Espera-se", "Expected"),
    "between": texts("Entre", "Entre", "Between"),
    "from_to": texts("{low} y {high}", "{low} e {high}", "{low} and {high}"),
}
