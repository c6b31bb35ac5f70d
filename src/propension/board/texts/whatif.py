"""What the page of other capacities says."""

from propension.config import texts

WHATIF = {
    "title": texts("¿Y si…?", "E se…?", "What if"),
    "intro": texts(
        "Cambie lo que los equipos pueden hacer o lo que se puede gastar, y vea qué cambiaría en la lista del {date}. La lista no cambia.",
        "Mude o que as equipes podem fazer ou o que se pode gastar, e veja o que mudaria na lista de {date}. A lista não muda.",
        "Change what teams can do or what may be spent, and see what would change in the list of {date}. The list stays as it is.",
    ),
    "other_policy": texts(
        "La política cambió desde que se hizo esta lista: se compara lo que la política de ahora decidiría con una capacidad y con otra.",
        "A política mudou desde que esta lista foi feita: compara-se o que a política de agora decidiria com uma capacidade e com outra.",
        "The policy was changed since this list was made: what today's policy would decide under one capacity and the other is compared.",
    ),
    "limit": texts("Equipo o presupuesto", "Equipe ou orçamento", "Team or budget"),
    "used": texts("Usado", "Usado", "Used"),
    "now": texts("Hoy", "Hoje", "Today"),
    "would_be": texts("Sería", "Seria", "Would be"),
    "difference": texts("Diferencia", "Diferença", "Difference"),
    "unit_minutes": texts("minutos", "minutos", "minutes"),
    "unit_accounts": texts("cuentas", "contas", "accounts"),
    "unit_money": texts("de presupuesto", "de orçamento", "of budget"),
    "one_more_minutes": texts("Una hora más vale", "Uma hora a mais vale", "One more hour is worth"),
    "one_more_accounts": texts("Una cuenta más vale", "Uma conta a mais vale", "One more account is worth"),
    "one_more_money": texts("1.000 más valen", "1.000 a mais valem", "1,000 more are worth"),
    "try": texts("Calcular", "Calcular", "Calculate"),
    "running": texts(
        "Calculando: {seconds} s. La página se actualiza sola; puede dejarla y volver.",
        "Calculando: {seconds} s. A página se atualiza sozinha; pode sair e voltar.",
        "Calculating: {seconds} s. The page brings itself up to date; you may leave it and come back.",
    ),
    "usually": texts("Suele tardar menos de {seconds} s.", "Costuma levar menos de {seconds} s.", "It usually takes less than {seconds} s."),
    "look": texts("Ver si ya terminó", "Ver se já terminou", "See whether it is done"),
    "stop": texts("Detener", "Parar", "Stop"),
    "asked_by": texts("Pedido por {author}.", "Pedido por {author}.", "Asked by {author}."),
    "of_other_run": texts(
        "Este resultado es de una lista anterior (corrida {run}).", "Este resultado é de uma lista anterior (execução {run}).", "This result is of an earlier list (run {run})."
    ),
    "result": texts("Resultado", "Resultado", "Result"),
    "value": texts("Valor esperado", "Valor esperado", "Expected value"),
    "between": texts(
        "Entre {low} y {high}, con la mejor asignación posible en cada caso.",
        "Entre {low} e {high}, com a melhor alocação possível em cada caso.",
        "Between {low} and {high}, with the best allocation there is in each case.",
    ),
    "not_clear": texts("No se distingue de cero.", "Não se distingue de zero.", "Not distinguishable from zero."),
    "same": texts(
        "Nada cambiaría: cada cuenta tendría la misma gestión.",
        "Nada mudaria: cada conta teria a mesma ação.",
        "Nothing would change: every account would get the same treatment.",
    ),
    "asked": texts("Lo que cambia", "O que muda", "What is changed"),
    "mix": texts("Cuentas por gestión", "Contas por ação", "Accounts by treatment"),
    "prices": texts("Cuánto vale un poco más", "Quanto vale um pouco mais", "What a little more is worth"),
    "prices_note": texts(
        "Cero donde sobra. Dice lo que vale lo próximo, no la mitad de un equipo.",
        "Zero onde sobra. Diz o que vale o próximo, não metade de uma equipe.",
        "Nought where some is left over. It tells what the next one is worth, not half a team.",
    ),
    "nothing_changed": texts(
        "No cambió ningún número. Escriba al menos uno distinto del de hoy.",
        "Nenhum número mudou. Escreva ao menos um diferente do de hoje.",
        "No number was changed. Write at least one that is not today's.",
    ),
    "not_a_number": texts(
        "{name} no es un número de cero en adelante.", "{name} não é um número de zero em diante.", "{name} is no number from nought upwards."
    ),
    "one_at_a_time": texts(
        "Ya hay un cálculo en curso, de {author}. Espere a que termine o deténgalo.",
        "Já há um cálculo em andamento, de {author}. Espere que termine ou pare-o.",
        "Something is being calculated already, for {author}. Wait until it is done, or stop it.",
    ),
    "no_inputs": texts(
        "Esta lista no guarda con qué se decidió (por ejemplo, si se hizo con Spark): no se puede probar sobre ella.",
        "Esta lista não guarda com que se decidiu (por exemplo, se foi feita com Spark): não se pode testar sobre ela.",
        "This list does not keep what it was decided from (for example, if it was made on Spark): nothing can be tried on it.",
    ),
    "no_limits": texts(
        "La política no pone capacidades ni presupuestos: no hay nada que cambiar.",
        "A política não define capacidades nem orçamentos: não há o que mudar.",
        "The policy sets no capacities or budgets: there is nothing to change.",
    ),
    "failed": texts(
        "El cálculo no terminó: quizá la lista se reemplazó entretanto, o faltó memoria. El registro dice por qué; puede intentarlo otra vez.",
        "O cálculo não terminou: talvez a lista tenha sido substituída, ou faltou memória. O registro diz por quê; pode tentar outra vez.",
        "The calculation did not end: perhaps the list was replaced meanwhile, or memory ran out. The log says why; you may try again.",
    ),
    "stopped": texts("El cálculo se detuvo.", "O cálculo foi parado.", "The calculation was stopped."),
}  # fmt: skip
