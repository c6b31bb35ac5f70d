"""Every sentence and heading of the evaluation report, in its reader's language."""

from __future__ import annotations

from propension.config import Texts, texts

REPORT_TEXTS: dict[str, Texts] = {
    "title": texts("Evaluación del modelo", "Avaliação do modelo", "Model evaluation"),
    "propensity": texts("Propensión de pago", "Propensão de pagamento", "Propensity to pay"),
    "version": texts("Versión {version}", "Versão {version}", "Version {version}"),
    "verdict": texts("Veredicto", "Veredito", "Verdict"),
    "verdict_first": texts(
        "Primer modelo de esta cartera: queda en uso",
        "Primeiro modelo desta carteira: entra em uso",
        "First model of this portfolio: it goes into use",
    ),
    "verdict_better": texts(
        "Supera al modelo en uso: lo reemplaza",
        "Supera o modelo em uso: passa a substituí-lo",
        "Better than the model in use: it replaces it",
    ),
    "verdict_not_better": texts(
        "No supera al modelo en uso: este se mantiene",
        "Não supera o modelo em uso: este é mantido",
        "Not better than the model in use, which stays",
    ),
    "verdict_leak": texts(
        "Detenido: el resultado es demasiado bueno para ser cierto",
        "Interrompido: o resultado é bom demais para ser verdade",
        "Stopped: the result is too good to be true",
    ),
    "found_better": texts(
        "Frente a «{other}», la pérdida logarítmica cambia en {figure}: es mejor, más allá del azar.",
        "Diante de «{other}», a perda logarítmica muda em {figure}: é melhor, além do acaso.",
        "Against “{other}”, log-loss changes by {figure}: better, beyond chance.",
    ),
    "found_worse": texts(
        "Frente a «{other}», la pérdida logarítmica cambia en {figure}: es peor, más allá del azar.",
        "Diante de «{other}», a perda logarítmica muda em {figure}: é pior, além do acaso.",
        "Against “{other}”, log-loss changes by {figure}: worse, beyond chance.",
    ),
    "found_even": texts(
        "Frente a «{other}», la pérdida logarítmica cambia en {figure}: puede ser azar.",
        "Diante de «{other}», a perda logarítmica muda em {figure}: pode ser acaso.",
        "Against “{other}”, log-loss changes by {figure}: this may be chance.",
    ),
    "scope": texts(
        "Qué dice el modelo y de quiénes",
        "O que o modelo diz e de quem",
        "What the model says, and of whom",
    ),
    "says_overdue": texts(
        "Qué tan probable es que una cuenta vencida pague al menos el {paid_share} de su saldo vencido "
        "en {horizon_days} días.",
        "A probabilidade de uma conta em atraso pagar pelo menos {paid_share} do seu saldo vencido "
        "em {horizon_days} dias.",
        "How likely an overdue account is to pay at least {paid_share} of its overdue balance "
        "within {horizon_days} days.",
    ),
    "says_upcoming": texts(
        "Qué tan probable es que una cuenta al día pague a tiempo lo que vence en los próximos "
        "{horizon_days} días.",
        "A probabilidade de uma conta em dia pagar no prazo o que vence nos próximos "
        "{horizon_days} dias.",
        "How likely an account with nothing overdue is to pay on time what falls due in the next "
        "{horizon_days} days.",
    ),
    "judged_on": texts(
        "Se juzgó con {rows} observaciones de {accounts} cuentas, entre el {first} y el {last}, "
        "posteriores a todo lo que el modelo aprendió. Pagó el {paid_share}.",
        "Foi julgado com {rows} observações de {accounts} contas, de {first} a {last}, "
        "posteriores a tudo o que o modelo aprendeu. Pagaram {paid_share}.",
        "Judged on {rows} observations of {accounts} accounts, from {first} to {last}, "
        "after everything the model learnt from. {paid_share} paid.",
    ),
    "money": texts(
        "Debían {overdue} y se recaudaron {collected}.",
        "Deviam {overdue} e foram recuperados {collected}.",
        "They owed {overdue}, and {collected} were collected.",
    ),
    "how_to_read": texts(
        "Entre corchetes, el intervalo del {level}: una misma cuenta aparece en varias fechas, así que se "
        "remuestrean cuentas y no filas ({n_draws} sorteos).",
        "Entre colchetes, o intervalo de {level}: a mesma conta aparece em várias datas, por isso são "
        "reamostradas contas e não linhas ({n_draws} sorteios).",
        "In brackets, the {level} interval: the same account appears on several dates, so accounts are "
        "resampled rather than rows ({n_draws} draws).",
    ),
    "windows": texts("Ventanas de tiempo", "Janelas de tempo", "Windows in time"),
    "window_train": texts("Entrenamiento", "Treinamento", "Training"),
    "window_validation": texts("Validación", "Validação", "Validation"),
    "window_calibration": texts("Calibración", "Calibração", "Calibration"),
    "window_test": texts("Prueba", "Teste", "Test"),
    "window_dropped": texts("Separación", "Separação", "Gap"),
    "first_date": texts("Primer corte", "Primeira data-base", "First as-of date"),
    "last_date": texts("Último corte", "Última data-base", "Last as-of date"),
    "dates": texts("Cortes", "Datas-base", "Dates"),
    "contenders": texts(
        "Frente a las alternativas", "Diante das alternativas", "Beside the alternatives"
    ),
    "contenders_note": texts(
        "Todos juzgados sobre las mismas filas. Más alto es mejor en las columnas con ↑; más bajo, con ↓.",
        "Todos julgados sobre as mesmas linhas. Mais alto é melhor nas colunas com ↑; mais baixo, com ↓.",
        "All judged on the same rows. Higher is better where a column says ↑; lower where it says ↓.",
    ),
    "contender": texts("Alternativa", "Alternativa", "Contender"),
    "by_account": texts(
        "Cada cuenta pesa lo mismo", "Cada conta pesa o mesmo", "Every account weighs the same"
    ),
    "by_amount": texts(
        "Cada cuenta pesa lo que debe", "Cada conta pesa o que deve", "Accounts weigh what they owe"
    ),
    "differences": texts(
        "Diferencia: modelo menos alternativa",
        "Diferença: modelo menos alternativa",
        "Difference: model minus contender",
    ),
    "better": texts("mejor", "melhor", "better"),
    "worse": texts("peor", "pior", "worse"),
    "even": texts("puede ser azar", "pode ser acaso", "may be chance"),
    "calibration": texts(
        "¿Se cumple lo que dice?", "O que ele diz se cumpre?", "Does what it says come true?"
    ),
    "calibration_note": texts(
        "Sobre la diagonal, de cada cien cuentas con una propensión del 30% pagan treinta. Por debajo, "
        "el modelo promete de más; por encima, de menos.",
        "Sobre a diagonal, de cada cem contas com propensão de 30% pagam trinta. Abaixo dela, o modelo "
        "promete demais; acima, de menos.",
        "On the diagonal, of a hundred accounts with a propensity of 30% thirty pay. Below it the model "
        "promises too much; above it, too little.",
    ),
    "calibration_alt": texts(
        "Curva de calibración en {bins} grupos: el de menor propensión dice {said_low} y paga {paid_low}; "
        "el de mayor dice {said_high} y paga {paid_high}.",
        "Curva de calibração em {bins} grupos: o de menor propensão diz {said_low} e paga {paid_low}; "
        "o de maior diz {said_high} e paga {paid_high}.",
        "Calibration curve in {bins} groups: the least likely is given {said_low} and {paid_low} paid; "
        "the most likely is given {said_high} and {paid_high} paid.",
    ),
    "diagonal": texts("Lo que dice se cumple", "O que diz se cumpre", "What is said comes true"),
    "said": texts("Propensión media", "Propensão média", "Mean propensity"),
    "paid": texts("Pagaron", "Pagaram", "Paid"),
    "gains": texts(
        "¿Cuánto se gana al empezar por los más probables?",
        "Quanto se ganha ao começar pelos mais prováveis?",
        "What starting with the most likely brings",
    ),
    "gains_alt": texts(
        "Ganancias acumuladas: el primer {first_share} de las cuentas reúne el {payers} de quienes pagaron y el "
        "{money} del dinero recaudado.",
        "Ganhos acumulados: os primeiros {first_share} das contas reúnem {payers} de quem pagou e "
        "{money} do dinheiro recuperado.",
        "Cumulative gains: the first {first_share} of accounts hold {payers} of those who paid and "
        "{money} of the money collected.",
    ),
    "tenth": texts("Décimo", "Décimo", "Tenth"),
    "accounts": texts("Cuentas", "Contas", "Accounts"),
    "account_share": texts("Cuentas trabajadas", "Contas trabalhadas", "Accounts worked"),
    "payers_found": texts("Pagadores reunidos", "Pagadores reunidos", "Payers reached"),
    "money_found": texts("Recaudo reunido", "Valor recuperado reunido", "Money collected reached"),
    "at_random": texts("Al azar", "Ao acaso", "At random"),
    "lift": texts("Veces la media", "Vezes a média", "Times the average"),
    "collected": texts("Recaudado", "Recuperado", "Collected"),
    "overdue": texts("Saldo vencido", "Saldo vencido", "Overdue balance"),
    "curve": texts("¿Cuándo pagan?", "Quando pagam?", "When do they pay?"),
    "curve_note": texts(
        "Probabilidad de pagar hasta cada plazo, en las observaciones cuyo plazo ya terminó.",
        "Probabilidade de pagar até cada prazo, nas observações cujo prazo já terminou.",
        "The chance of paying by each horizon, on the observations for which it is over.",
    ),
    "days": texts("Días", "Dias", "Days"),
    "snapshots": texts("Fecha por fecha", "Data a data", "Date by date"),
    "snapshots_note": texts(
        "Con pendiente 1 e intercepto 0 las probabilidades siguen valiendo lo que dicen. Una pendiente menor que 1 "
        "indica que son demasiado extremas.",
        "Com inclinação 1 e intercepto 0 as probabilidades continuam valendo o que dizem. Uma inclinação menor que 1 "
        "indica que são extremas demais.",
        "With slope 1 and intercept 0 probabilities still mean what they say. A slope under 1 says that they are "
        "too extreme.",
    ),
    "snapshots_alt": texts(
        "Por fecha de corte: el AUC va de {low} a {high}, y se comparan la propensión media y la proporción que pagó.",
        "Por data-base: o AUC vai de {low} a {high}, e comparam-se a propensão média e a proporção que pagou.",
        "By as-of date: AUC runs from {low} to {high}; mean propensity is set beside the share that paid.",
    ),
    "as_of": texts("Corte", "Data-base", "As-of date"),
    "slope": texts("Pendiente", "Inclinação", "Slope"),
    "intercept": texts("Intercepto", "Intercepto", "Intercept"),
    "groups": texts("Grupo por grupo", "Grupo a grupo", "Group by group"),
    "group": texts("Grupo", "Grupo", "Group"),
    "first_tenth": texts(
        "Primer décimo: veces la media",
        "Primeiro décimo: vezes a média",
        "First tenth: times the average",
    ),
    "rows": texts("Observaciones", "Observações", "Observations"),
    "few_rows": texts(
        "muy pocas observaciones para medir",
        "observações de menos para medir",
        "too few observations",
    ),
    "few_accounts": texts(
        "muy pocas cuentas para medir", "contas de menos para medir", "too few accounts"
    ),
    "one_class": texts(
        "todas pagaron o ninguna pagó", "todas pagaram ou nenhuma pagou", "all paid, or none did"
    ),
    "stability": texts(
        "¿Sigue siendo la misma población?",
        "Ainda é a mesma população?",
        "Is it still the same population?",
    ),
    "stability_note": texts(
        "Índice de estabilidad (PSI) entre el entrenamiento y la prueba: menos de 0,1 es estable; de 0,1 a 0,25 "
        "conviene vigilar; más de 0,25, cambió.",
        "Índice de estabilidade (PSI) entre o treinamento e o teste: abaixo de 0,1 é estável; de 0,1 a 0,25 "
        "convém vigiar; acima de 0,25, mudou.",
        "Stability index (PSI) between training and test: under 0.1 is stable; from 0.1 to 0.25 is to be watched; "
        "over 0.25 has changed.",
    ),
    "stability_score": texts(
        "El puntaje tiene un PSI de {psi}: {reading}.",
        "O escore tem PSI de {psi}: {reading}.",
        "The score has a PSI of {psi}: {reading}.",
    ),
    "stability_alt": texts(
        "Las {count} variables que más cambiaron; la primera es «{first}», con un PSI de {psi}.",
        "As {count} variáveis que mais mudaram; a primeira é «{first}», com PSI de {psi}.",
        "The {count} features that changed most; the first is “{first}”, with a PSI of {psi}.",
    ),
    "psi": texts(
        "Índice de estabilidad (PSI)", "Índice de estabilidade (PSI)", "Stability index (PSI)"
    ),
    "stable": texts("estable", "estável", "stable"),
    "watch": texts("vigilar", "vigiar", "to be watched"),
    "changed": texts("cambió", "mudou", "changed"),
    "alarms": texts("Alarmas de fuga", "Alarmes de vazamento", "Leak alarms"),
    "no_alarms": texts(
        "Ninguna variable parece contar el futuro.",
        "Nenhuma variável parece contar o futuro.",
        "No feature seems to tell the future.",
    ),
    "fairness": texts("Auditoría de equidad", "Auditoria de equidade", "Fairness audit"),
    "fairness_note": texts(
        "Estos atributos no entran al modelo: solo sirven para auditarlo.",
        "Estes atributos não entram no modelo: servem apenas para auditá-lo.",
        "These attributes are not in the model: they only serve to audit it.",
    ),
    "care": texts("Léase con cuidado", "Leia com cuidado", "Read with care"),
    "care_strategy": texts(
        "Aprendió de lo recaudado bajo estrategias pasadas: dice quién paga, no qué logra una llamada. Eso solo lo "
        "dice un grupo de control.",
        "Aprendeu com o que foi recuperado sob estratégias passadas: diz quem paga, não o que uma ligação consegue. Isso "
        "só um grupo de controle diz.",
        "It learnt from what was collected under past strategies: it says who pays, not what a call adds. Only a "
        "control group tells that.",
    ),
    "care_intervals": texts(
        "Los intervalos cubren el azar de qué cuentas se observaron, no un cambio de la cartera o de la economía.",
        "Os intervalos cobrem o acaso de quais contas foram observadas, não uma mudança da carteira ou da economia.",
        "Intervals cover the chance of which accounts were seen, not a change of the portfolio or the economy.",
    ),
    "care_groups": texts(
        "Entre muchos grupos, alguno parecerá malo por azar. El error de calibración nunca es cero: cuanto más "
        "pequeño el grupo, mayor es aunque el modelo acierte.",
        "Entre muitos grupos, algum parecerá ruim por acaso. O erro de calibração nunca é zero: quanto menor o "
        "grupo, maior ele é, mesmo que o modelo acerte.",
        "Among many groups some will look bad by chance. The calibration error is never zero: the smaller the "
        "group, the larger it is, even where the model is right.",
    ),
    "care_use": texts(
        "No sirve para otorgar crédito ni para decidir a quién se puede contactar: de eso se ocupan las reglas de contacto.",
        "Não serve para conceder crédito nem para decidir quem pode ser contatado: disso cuidam as regras de contato.",
        "Not for granting credit, nor for deciding who may be contacted: contact rules do that.",
    ),
    "explanation": texts(
        "Qué mueve la propensión", "O que move a propensão", "What moves the propensity"
    ),
    "explanation_note": texts(
        "Sobre las {count} cuentas del último corte juzgado. El efecto es lo que un dato suma o resta a la "
        "propensión, en log-odds: cerca de la mitad, 0,4 son unos 10 puntos.",
        "Sobre as {count} contas da última data-base julgada. O efeito é o que um dado soma ou tira da "
        "propensão, em log-odds: perto da metade, 0,4 são cerca de 10 pontos.",
        "Over the {count} accounts of the last date judged. An effect is what a fact adds to the propensity "
        "or takes from it, in log-odds: near a half, 0.4 are some 10 points.",
    ),
    "importance": texts("Lo que más pesa", "O que mais pesa", "What weighs most"),
    "importance_note": texts(
        "Efecto medio de cada dato, hacia arriba o hacia abajo.",
        "Efeito médio de cada dado, para cima ou para baixo.",
        "Mean effect of every fact, up or down.",
    ),
    "importance_alt": texts(
        "Barras con el efecto medio de {count} datos. El mayor: {first}, {effect}.",
        "Barras com o efeito médio de {count} dados. O maior: {first}, {effect}.",
        "Bars of the mean effect of {count} facts. The largest: {first}, {effect}.",
    ),
    "beeswarm": texts("Cuenta por cuenta", "Conta por conta", "Account by account"),
    "beeswarm_note": texts(
        "Cada punto es una cuenta: a la derecha, el dato sube su propensión; a la izquierda, la baja. "
        "Naranja: valores altos; azul: bajos; gris: sin dato, o categorías.",
        "Cada ponto é uma conta: à direita, o dado aumenta a propensão; à esquerda, reduz. "
        "Laranja: valores altos; azul: baixos; cinza: sem dado, ou categorias.",
        "Every point is an account: to the right the fact raises its propensity, to the left it lowers it. "
        "Orange: high values; blue: low ones; grey: no data, or categories.",
    ),
    "beeswarm_alt": texts(
        "Puntos con el efecto de {count} datos en cada cuenta, de {low} a {high}.",
        "Pontos com o efeito de {count} dados em cada conta, de {low} a {high}.",
        "Points with the effect of {count} facts on every account, from {low} to {high}.",
    ),
    "dependence": texts(
        "Cómo cambia el efecto con el valor",
        "Como o efeito muda com o valor",
        "How the effect changes with the value",
    ),
    "dependence_note": texts(
        "Los datos numéricos que más pesan; se dejan fuera los valores extremos.",
        "Os dados numéricos que mais pesam; os valores extremos ficam de fora.",
        "The numbers that weigh most; extreme values are left out.",
    ),
    "dependence_alt": texts(
        "Efecto frente al valor de {count} datos: {names}.",
        "Efeito em relação ao valor de {count} dados: {names}.",
        "Effect against value of {count} facts: {names}.",
    ),
    "effect": texts("Efecto (log-odds)", "Efeito (log-odds)", "Effect (log-odds)"),
    "mean_effect": texts(
        "Efecto medio (log-odds)", "Efeito médio (log-odds)", "Mean effect (log-odds)"
    ),
    "waterfall_axis": texts(
        "Probabilidad de pago, antes de calibrar; los pasos, en puntos",
        "Probabilidade de pagamento, antes da calibração; os passos, em pontos",
        "Probability to pay, before calibration; steps in points",
    ),
    "waterfall_start": texts("Cuenta usual", "Conta usual", "Usual account"),
    "waterfall_rest": texts("Todo lo demás", "Todo o resto", "Everything else"),
    "waterfall_end": texts("Esta cuenta", "Esta conta", "This account"),
    "waterfall_alt": texts(
        "De una cuenta usual a esta, paso a paso: {steps}.",
        "De uma conta usual a esta, passo a passo: {steps}.",
        "From a usual account to this one, step by step: {steps}.",
    ),
}
