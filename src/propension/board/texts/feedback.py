"""What is said about what people say."""

from propension.config import texts

FEEDBACK = {
    "title": texts("Correcciones", "Correções", "Feedback"),
    "change": texts("¿No está de acuerdo?", "Não concorda?", "You do not agree?"),
    "note_next": texts(
        "Lo que pida se tendrá en cuenta desde la próxima lista; esta no cambia. La ley, los límites y el grupo de control mandan "
        "siempre: si algo se opone, la lista dirá qué.",
        "O que você pedir valerá a partir da próxima lista; esta não muda. A lei, os limites e o grupo de controle mandam "
        "sempre: se algo se opuser, a lista dirá o quê.",
        "What you ask for counts from the next list on; this one stays. The law, limits and the control group always stand: "
        "where one is in the way, the list will say which.",
    ),
    "control_note": texts(
        "Esta cuenta está en el grupo de control: lo que se elija queda anotado, pero no se hará.",
        "Esta conta está no grupo de controle: o que se escolher fica anotado, mas não será feito.",
        "This account is in the control group: what is chosen is kept, but will not be done.",
    ),
    "override": texts("Elegir otra gestión", "Escolher outra ação", "Choose another treatment"),
    "override_for": texts(
        "Vale por {days} días, desde esta lista.", "Vale por {days} dias, desde esta lista.", "It holds for {days} days, from this list on."
    ),
    "treatment": texts("Gestión", "Ação", "Treatment"),
    "choose": texts("Elija…", "Escolha…", "Choose…"),
    "reason": texts("Por qué", "Por quê", "Why"),
    "note": texts("Nota (opcional)", "Nota (opcional)", "Note (optional)"),
    "postpone": texts("Posponer el contacto", "Adiar o contato", "Put contact off"),
    "postpone_for": texts(
        "No se contactará al cliente antes de ese día, por ninguna de sus cuentas. A más tardar, el {date}.",
        "O cliente não será contatado antes desse dia, por nenhuma de suas contas. No máximo, {date}.",
        "The customer will not be contacted before that day, through any account. {date} at the latest.",
    ),
    "until": texts("Contactar desde el", "Contatar a partir de", "Contact again from"),
    "send": texts("Guardar", "Salvar", "Save"),
    "withdraw": texts("Retirar", "Retirar", "Take back"),
    "none_left": texts(
        "La política no deja cambiar gestiones ni posponer contactos.",
        "A política não permite mudar ações nem adiar contatos.",
        "The policy lets nobody change treatments or put contact off.",
    ),
    "kept": texts("Quedó anotado con el n.º {number}.", "Ficou anotado com o n.º {number}.", "It is kept, as no. {number}."),
    "of_account": texts("Lo que se dijo de esta cuenta", "O que se disse desta conta", "What was said of this account"),
    "none_of_account": texts("Nadie ha dicho nada de esta cuenta.", "Ninguém disse nada desta conta.", "Nobody has said anything of this account."),
    "none": texts(
        "Nadie ha dicho nada todavía. Abra una cuenta de la lista para elegir otra gestión, posponer el contacto o marcar un motivo que no es cierto.",
        "Ninguém disse nada ainda. Abra uma conta da lista para escolher outra ação, adiar o contato ou marcar um motivo que não é verdade.",
        "Nobody has said anything yet. Open an account of the list to choose another treatment, put contact off or mark a reason that is wrong.",
    ),
    "none_found": texts("Nada con este filtro.", "Nada com este filtro.", "Nothing with this filter."),
    "show_all": texts("Ver todo", "Ver tudo", "Show all"),
    "number": texts("N.º", "N.º", "No."),
    "when": texts("Cuándo", "Quando", "When"),
    "who": texts("Quién", "Quem", "Who"),
    "account": texts("Cuenta", "Conta", "Account"),
    "what": texts("Qué", "O quê", "What"),
    "why": texts("Por qué", "Por quê", "Why"),
    "state": texts("Qué fue de ello", "O que foi feito", "What became of it"),
    "said_override": texts("{treatment}, hasta la lista del {date}", "{treatment}, até a lista de {date}", "{treatment}, until the list of {date}"),
    "said_postpone": texts("Sin contacto antes del {date}", "Sem contato antes de {date}", "No contact before {date}"),
    "said_wrong_reason": texts("No es cierto: {reason}", "Não é verdade: {reason}", "Wrong: {reason}"),
    "said_withdraw": texts("Retira el n.º {number}", "Retira o n.º {number}", "Takes back no. {number}"),
    "state_withdrawn": texts("Retirado", "Retirado", "Taken back"),
    "state_replaced": texts("Se dijo otra cosa después", "Disse-se outra coisa depois", "Something else was said later"),
    "state_over": texts("Ya no vale", "Já não vale", "Over"),
    "state_waiting": texts("Espera la próxima lista", "Espera a próxima lista", "Waits for the next list"),
    "state_followed": texts("Se hizo", "Foi feito", "Done"),
    "state_not_followed": texts("No se pudo", "Não foi possível", "Could not be done"),
    "state_postponed": texts("Contacto pospuesto", "Contato adiado", "Contact put off"),
    "state_counted": texts("Anotado", "Anotado", "Noted"),
    "kind_override": texts("Otra gestión", "Outra ação", "Another treatment"),
    "kind_postpone": texts("Contacto pospuesto", "Contato adiado", "Contact put off"),
    "kind_wrong_reason": texts("Motivo incorrecto", "Motivo incorreto", "Wrong reason"),
    "kind_withdraw": texts("Retirado", "Retirado", "Taken back"),
    "kind": texts("Qué se dijo", "O que se disse", "What was said"),
    "any": texts("Todo", "Tudo", "Anything"),
    "filter": texts("Filtrar", "Filtrar", "Filter"),
    "times": texts("Veces", "Vezes", "Times"),
    "by_author": texts("Por persona", "Por pessoa", "By person"),
    "by_reason": texts("Por motivo", "Por motivo", "By reason"),
    "by_treatment": texts("Por gestión elegida", "Por ação escolhida", "By treatment chosen"),
    "by_feature": texts("Motivos marcados como incorrectos", "Motivos marcados como incorretos", "Reasons marked as wrong"),
    "counts": texts("En números", "Em números", "In numbers"),
    "shown": texts("Se muestran las {shown} más recientes de {total}.", "Mostram-se as {shown} mais recentes de {total}.", "The latest {shown} of {total} are shown."),
    "came_of": texts(
        "De {accounts} cuentas en las que se hizo lo que pidió el equipo pagó el {paid}; de las que decidió la política sola en las mismas "
        "listas y segmentos, el {beside}. No es un efecto: las personas eligen en qué cuentas intervenir.",
        "De {accounts} contas em que se fez o que a equipe pediu, {paid} pagaram; das que a política decidiu sozinha nas mesmas "
        "listas e segmentos, {beside}. Não é um efeito: as pessoas escolhem em que contas intervir.",
        "Of {accounts} accounts for which was done what people chose, {paid} paid; of those that the policy decided alone in the same "
        "lists and segments, {beside}. This is no effect: people choose for which accounts they choose.",
    ),
    "list_changed": texts(
        "Mientras leía, se publicó otra lista, y no se guardó nada. Vuelva a abrir la cuenta y decida con la lista nueva.",
        "Enquanto você lia, outra lista foi publicada, e nada foi salvo. Abra a conta de novo e decida com a lista nova.",
        "While you were reading another list was published, and nothing was kept. Open the account again and decide with the new list.",
    ),
    "refused_override": texts(
        "Esa gestión no se deja a las personas, o falta el motivo. No se guardó nada.",
        "Essa ação não é deixada às pessoas, ou falta o motivo. Nada foi salvo.",
        "That treatment is not left to people, or the reason is missing. Nothing was kept.",
    ),
    "refused_postpone": texts(
        "No se puede posponer hasta ese día, o falta el motivo. No se guardó nada.",
        "Não se pode adiar até esse dia, ou falta o motivo. Nada foi salvo.",
        "Contact cannot be put off to that day, or the reason is missing. Nothing was kept.",
    ),
    "refused_wrong_reason": texts(
        "Ese motivo no es de esta cuenta, o la nota es muy larga. No se guardó nada.",
        "Esse motivo não é desta conta, ou a nota é longa demais. Nada foi salvo.",
        "That is no reason of this account, or the note is too long. Nothing was kept.",
    ),
    "refused_withdraw": texts(
        "Eso ya se había retirado, o no se dijo de esta cuenta. No se cambió nada.",
        "Isso já havia sido retirado, ou não foi dito desta conta. Nada foi alterado.",
        "That was taken back before, or was not said of this account. Nothing was changed.",
    ),
}  # fmt: skip
