"""Why a treatment was refused, in words; laws speak through their citation."""

from propension.config import Texts, texts

RULES: dict[str, Texts] = {
    "control_group": texts(
        "Está en el grupo de control: se deja sin gestión para poder medir",
        "Está no grupo de controle: fica sem ação para que se possa medir",
        "It is in the control group: left alone so that effects can be measured",
    ),
    "explore_group": texts(
        "Está en el grupo de exploración: su gestión se sortea",
        "Está no grupo de exploração: sua ação é sorteada",
        "It is in the exploration group: its treatment is drawn by lot",
    ),
    "adds_less_than_it_costs": texts(
        "Aporta menos de lo que cuesta", "Rende menos do que custa", "Adds less than it costs"
    ),
    "chosen_by_people": texts(
        "Una persona eligió otra gestión",
        "Uma pessoa escolheu outra ação",
        "A person chose another treatment",
    ),
    "not_left_to_people": texts(
        "La política no deja elegir esta gestión a las personas",
        "A política não deixa esta ação à escolha das pessoas",
        "The policy does not leave this treatment to people",
    ),
    "postponed": texts("Contacto pospuesto", "Contato adiado", "Contact put off"),
    "agenda": texts(
        "No hubo lugar en la agenda", "Não houve lugar na agenda", "There was no room in the agenda"
    ),
    "capacity": texts("No alcanza: {what}", "Não há o bastante: {what}", "Not enough of it: {what}"),
    "not_for_stage": texts(
        "No es para esta etapa", "Não é para esta etapa", "It is not for this stage"
    ),
    "not_eligible": texts(
        "No cumple la condición de la gestión",
        "Não cumpre a condição da ação",
        "It does not meet the treatment's own condition",
    ),
    "other_account_of_customer": texts(
        "Al cliente se lo contacta por otra de sus cuentas",
        "O cliente é contatado por outra de suas contas",
        "The customer is contacted through another account",
    ),
    "channel_opt_out": texts(
        "El cliente no quiere este canal",
        "O cliente não quer este canal",
        "The customer opted out of this channel",
    ),
    "no_phone": texts("No hay teléfono", "Não há telefone", "There is no phone"),
    "no_email": texts("No hay correo", "Não há e-mail", "There is no e-mail address"),
    "no-pack": texts(
        "No se conocen las reglas de contacto de su país",
        "Não se conhecem as regras de contato do seu país",
        "The contact rules of its country are not known",
    ),
    "unknown-time-zone": texts(
        "No se conoce su zona horaria", "Não se conhece seu fuso horário", "Its time zone is not known"
    ),
    "deceased": texts("La persona falleció", "A pessoa faleceu", "The person has died"),
    "insolvent": texts("Está en insolvencia", "Está em insolvência", "It is insolvent"),
    "litigation": texts("Hay un proceso judicial", "Há um processo judicial", "There is a lawsuit"),
    "do_not_contact": texts(
        "Pidió no ser contactado", "Pediu para não ser contatado", "It asked not to be contacted"
    ),
    "open_dispute": texts(
        "Hay un reclamo sin resolver", "Há uma contestação em aberto", "A dispute is open"
    ),
    "promise_not_due": texts(
        "Prometió pagar y aún está a tiempo",
        "Prometeu pagar e ainda está no prazo",
        "It promised to pay and still has time",
    ),
    "care": texts("Pide un trato cuidadoso", "Pede um trato cuidadoso", "It is to be handled with care"),
    "offer": texts(
        "No se le puede hacer una oferta", "Não se pode fazer uma oferta", "No offer can be made"
    ),
    "message": texts("No hay un mensaje que sirva", "Não há mensagem que sirva", "No message fits"),
    "rule": texts("Regla {what}", "Regra {what}", "Rule {what}"),
}  # fmt: skip
