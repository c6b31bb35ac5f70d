"""Every heading and sentence of the monitoring report, in its reader's language."""

from __future__ import annotations

from propension.config import Texts


def _text(es: str, pt: str, en: str) -> Texts:
    return Texts(es=es, pt=pt, en=en)


TEXTS: dict[str, Texts] = {
    "title": _text("Seguimiento de la cartera", "Acompanhamento da carteira", "Portfolio monitoring"),
    "as_known": _text("Con lo conocido al {day}", "Com o conhecido em {day}", "As known on {day}"),
    "changed": _text("Qué cambió", "O que mudou", "What changed"),
    "to_do": _text("Qué hacer", "O que fazer", "What to do"),
    "figures": _text("Cifras clave de {month}", "Números-chave de {month}", "Key figures of {month}"),
    "before": _text("antes: {value}", "antes: {value}", "before: {value}"),
    "better": _text("mejor", "melhor", "better"),
    "worse": _text("peor", "pior", "worse"),
    "not_told": _text("No se puede decir: {why}", "Não se pode dizer: {why}", "Cannot be told: {why}"),
    "numbers": _text("Ver las cifras", "Ver os números", "See the figures"),
    "in_currency": _text("Importes en {currency}.", "Valores em {currency}.", "Amounts in {currency}."),
    "final": _text("Lo marcado con * aún puede cambiar.", "O que tem * ainda pode mudar.", "What is marked * can still change."),
    # Cash.
    "forecast": _text("Recaudo esperado", "Recebimentos esperados", "Expected collections"),
    "expected_total": _text(
        "En las próximas {weeks} semanas se esperan {total}.",
        "Nas próximas {weeks} semanas são esperados {total}.",
        "{total} is expected in the next {weeks} weeks.",
    ),
    "expected_between": _text(
        "En {level} de los casos estará entre {low} y {high}.",
        "Em {level} dos casos estará entre {low} e {high}.",
        "In {level} of cases it will be between {low} and {high}.",
    ),
    "past_errors": _text(
        "De los {past} pronósticos anteriores cuyo plazo terminó, el total se desvió en promedio {error}.",
        "Das {past} previsões anteriores cujo prazo terminou, o total desviou-se em média {error}.",
        "Of the {past} earlier forecasts that are over, the total was off by {error} on average.",
    ),
    "by_age": _text(
        "No hay lista de este día: lo vencido sigue su edad, no la propensión.",
        "Não há lista deste dia: o vencido segue a idade, não a propensão.",
        "There is no list of this day: what is overdue follows its age, not the propensity.",
    ),
    "week": _text("Semana", "Semana", "Week"),
    "came": _text("Entró", "Entrou", "Came in"),
    "expected": _text("Esperado", "Esperado", "Expected"),
    "interval": _text("Intervalo de {level}", "Intervalo de {level}", "{level} interval"),
    "overdue": _text("De lo vencido", "Do vencido", "From what is overdue"),
    "not_due": _text("De lo que aún no vence", "Do que ainda não venceu", "From what is not due yet"),
    "not_billed": _text("De lo que aún no se factura", "Do que ainda não foi faturado", "From what is not billed yet"),
    "forecast_alt": _text(
        "Recaudo de las 13 semanas anteriores y esperado de las 13 siguientes, con intervalo",
        "Recebimentos das 13 semanas anteriores e esperados das 13 seguintes, com intervalo",
        "Collections of the 13 weeks before and expected in the 13 to come, with an interval",
    ),
    # Impact.
    "impact": _text("Qué añadió la estrategia", "O que a estratégia acrescentou", "What the strategy added"),
    "impact_note": _text(
        "Frente al grupo de control, {window} días después de cada lista: puntos de cuentas que pagan e importe por cuenta, con intervalos "
        "de 95%. «Aún no se distingue de cero» no es «no hay efecto». De veinte grupos, uno se aparta de cero por azar: lea los que se nombraron antes.",
        "Em relação ao grupo de controle, {window} dias depois de cada lista: pontos de contas que pagam e valor por conta, com intervalos "
        "de 95%. «Ainda não se distingue de zero» não é «não há efeito». De vinte grupos, um se afasta de zero por acaso: leia os que foram nomeados antes.",
        "Against the control group, {window} days after each list: points of accounts that pay and amount per account, with 95% "
        "intervals. “Not yet distinguishable from zero” is not “no effect”. Of twenty groups one is beyond zero by luck: read those that were named beforehand.",
    ),
    "lists_read": _text(
        "Listas: {mature} maduras, {partial} maduras en parte (solo cuentan los plazos terminados), {young} sin madurar.",
        "Listas: {mature} maduras, {partial} maduras em parte (só contam os prazos terminados), {young} sem maturar.",
        "Lists: {mature} mature, {partial} mature in part (only windows that are over count), {young} not mature.",
    ),
    "no_control": _text(
        "No hay grupo de control con resultados: no se puede saber qué añadió la estrategia. Ponga experiment.control_share en la política.",
        "Não há grupo de controle com resultados: não se pode saber o que a estratégia acrescentou. Ponha experiment.control_share na política.",
        "There is no control group with outcomes: what the strategy added cannot be known. Set experiment.control_share in the policy.",
    ),
    "group": _text("Grupo", "Grupo", "Group"),
    "strategy": _text("Toda la estrategia", "Toda a estratégia", "The whole strategy"),
    "first list": _text("Primera lista de cada cuenta", "Primeira lista de cada conta", "First list of every account"),
    "treated": _text("Gestionadas", "Acionadas", "Treated"),
    "beside": _text("Con las que se compara", "Com que se compara", "Compared with"),
    "points": _text("Puntos que pagan", "Pontos que pagam", "Points that pay"),
    "amount": _text("Importe por cuenta", "Valor por conta", "Amount per account"),
    "segments": _text("Por segmento y cuadrante", "Por segmento e quadrante", "By segment and quadrant"),
    "treatments": _text("Cada gestión frente a no hacer nada", "Cada ação em relação a não fazer nada", "Every treatment against doing nothing"),
    "challengers": _text("Aspirantes frente a la estrategia vigente", "Desafiantes em relação à estratégia vigente", "Challengers against the present strategy"),
    "course": _text("A lo largo del experimento", "Ao longo do experimento", "Over the life of the experiment"),
    "course_alt": _text(
        "Puntos que añadió la estrategia, con lo sabido al cierre de cada mes, y su intervalo",
        "Pontos que a estratégia acrescentou, com o sabido no fechamento de cada mês, e seu intervalo",
        "Points that the strategy added, as known at every month's end, with the interval",
    ),
    "groups_alt": _text(
        "Puntos de cuentas que pagan que añadió cada grupo, con su intervalo",
        "Pontos de contas que pagam que cada grupo acrescentou, com seu intervalo",
        "Points of accounts that pay added in every group, with the interval",
    ),
    "month_end": _text("Al cierre de", "No fechamento de", "At the end of"),
    "accounts": _text("Cuentas", "Contas", "Accounts"),
    # What people said.
    "feedback": _text("Lo que dijo el equipo", "O que a equipe disse", "What people said"),
    "feedback_counts": _text(
        "Se dijeron {said} cosas. En las listas se siguieron {followed} veces y {not_followed} veces no se pudo: la ley, los límites y el grupo de control mandan.",
        "Foram ditas {said} coisas. Nas listas foram seguidas {followed} vezes e {not_followed} vezes não foi possível: a lei, os limites e o grupo de controle mandam.",
        "{said} things were said. Lists followed them {followed} times and could not {not_followed} times: the law, limits and the control group stand.",
    ),
    "feedback_came": _text(
        "De {accounts} cuentas en las que se siguió pagó {paid}; de las que decidió la política en los mismos segmentos, {beside}. No es el efecto de lo elegido: se elige para quien se conoce.",
        "De {accounts} contas em que se seguiu, {paid} pagou; das que a política decidiu nos mesmos segmentos, {beside}. Não é o efeito do escolhido: escolhe-se para quem se conhece.",
        "Of {accounts} accounts for which they were followed {paid} paid; of those that the policy decided in the same segments, {beside}. That is no effect of the choice: people choose for whom they know.",
    ),
    # Models.
    "health": _text("Salud de los modelos", "Saúde dos modelos", "Health of the models"),
    "all_stages": _text("todas", "todas", "all"),
    "stage": _text("Etapa", "Etapa", "Stage"),
    "advice": _text("Recomendación", "Recomendação", "Recommendation"),
    "keep": _text("Mantener", "Manter", "Keep"),
    "recalibrate": _text("Recalibrar", "Recalibrar", "Recalibrate"),
    "retrain": _text("Reentrenar", "Treinar de novo", "Retrain"),
    "signal": _text("Señal", "Sinal", "Signal"),
    "level": _text("Nivel", "Nível", "Level"),
    "ok": _text("bien", "bem", "ok"),
    "watch": _text("atención", "atenção", "watch"),
    "act": _text("actuar", "agir", "act"),
    "since": _text("Desde", "Desde", "Since"),
    "what_to_do": _text("Qué pasa y qué hacer", "O que há e o que fazer", "What it is and what to do"),
    "no_alerts": _text("Ninguna señal suena.", "Nenhum sinal soa.", "No signal rings."),
    "not_measured": _text("sin medir", "sem medir", "not measured"),
    "matured": _text("Listas que ya maduraron", "Listas que já maturaram", "Lists that have matured"),
    "matured_note": _text(
        "Lo que dijo cada lista junto a lo que pasó, y al lado la prueba del entrenamiento. Intervalos de 95%, por cliente. Nada se juzga antes de que termine su plazo.",
        "O que cada lista disse junto ao que aconteceu, e ao lado o teste do treinamento. Intervalos de 95%, por cliente. Nada é julgado antes do fim do prazo.",
        "What every list said beside what came of it, and the training's test. 95% intervals, by customer. Nothing is judged before its time is over.",
    ),
    "list": _text("Lista", "Lista", "List"),
    "said": _text("Dijo", "Disse", "Said"),
    "paid": _text("Pagó", "Pagou", "Paid"),
    "test": _text("Prueba del entrenamiento", "Teste do treinamento", "Training's test"),
    "elapsed": _text("aún no madura: {share} del plazo; se sabrá el {day}", "ainda não matura: {share} do prazo; será sabido em {day}", "not mature yet: {share} of its time; known on {day}"),
    "few": _text("pocas cuentas para juzgar", "poucas contas para julgar", "too few accounts to judge"),
    "matured_alt": _text(
        "AUC de cada lista madura con su intervalo, junto a la de la prueba, y sesgo en puntos",
        "AUC de cada lista matura com seu intervalo, junto à do teste, e viés em pontos",
        "AUC of every matured list with its interval, beside that of the test, and bias in points",
    ),
    "bias": _text("Sesgo (dicho menos pagado), puntos", "Viés (dito menos pago), pontos", "Bias (said less paid), points"),
    "drift": _text("Deriva de la lista del {day}", "Deriva da lista de {day}", "Drift of the list of {day}"),
    "drift_note": _text(
        "Frente a lo que aprendió el modelo. Índice: hasta lo usual no es nada nuevo; desde {watch} se mira y desde {act} se actúa si dura.",
        "Em relação ao que o modelo aprendeu. Índice: até o usual não é nada novo; a partir de {watch} se observa e de {act} se age se durar.",
        "Against what the model learnt. Index: up to the usual it is nothing new; from {watch} it is watched, from {act} it asks for action if it lasts.",
    ),
    "what": _text("Qué", "O quê", "What"),
    "index": _text("Índice", "Índice", "Index"),
    "usual": _text("Usual", "Usual", "Usual"),
    # KPIs.
    "kpis": _text("Indicadores", "Indicadores", "KPIs"),
    "kpis_alt": _text("Indicadores clave por mes", "Indicadores-chave por mês", "Key indicators by month"),
    "buckets_alt": _text("Saldo al cierre de cada mes, por tramo de mora", "Saldo no fechamento de cada mês, por faixa de atraso", "Balance at every month's close, by bucket"),
    "buckets": _text("Saldo por tramo de mora", "Saldo por faixa de atraso", "Balance by bucket"),
    "vintages": _text("Cosechas: parte sin pagar según los meses desde el vencimiento", "Safras: parte sem pagar segundo os meses desde o vencimento", "Vintages: unpaid share by months since falling due"),
    "vintages_alt": _text("Parte sin pagar de cada cosecha, por meses", "Parte sem pagar de cada safra, por meses", "Unpaid share of every vintage, by months"),
    "months_since": _text("Meses desde el vencimiento", "Meses desde o vencimento", "Months since falling due"),
    "vintage": _text("Venció en", "Venceu em", "Fell due in"),
    "indicator": _text("Indicador", "Indicador", "Indicator"),
    "by_group": _text("{month}, por {dimension}", "{month}, por {dimension}", "{month}, by {dimension}"),
    "dpd_bucket": _text("tramo de mora", "faixa de atraso", "bucket"),
    "by_segment": _text("segmento", "segmento", "segment"),
    "product_line": _text("producto", "produto", "product"),
    "definitions": _text("Definiciones", "Definições", "Definitions"),
    "not_computed": _text("No se calcula: {why}", "Não se calcula: {why}", "Not computed: {why}"),
}  # fmt: skip
