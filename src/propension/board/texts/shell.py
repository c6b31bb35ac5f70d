"""What every page says, and what is said when a page cannot be shown."""

from propension.config import texts

SHELL = {
    "skip": texts("Ir al contenido", "Ir para o conteúdo", "Skip to content"),
    "pages": texts("Páginas", "Páginas", "Pages"),
    "language": texts("Idioma", "Idioma", "Language"),
    "language_es": texts("Español", "Español", "Español"),
    "language_pt": texts("Português", "Português", "Português"),
    "language_en": texts("English", "English", "English"),
    "list_of": texts("Lista del {date}", "Lista de {date}", "List of {date}"),
    "run": texts("Corrida {run}", "Execução {run}", "Run {run}"),
    "newer": texts(
        "Se publicó otra lista después de que abrió esta página.",
        "Outra lista foi publicada depois que você abriu esta página.",
        "Another list was published after you opened this page.",
    ),
    "reload": texts("Ver la lista nueva", "Ver a lista nova", "See the new list"),
    "loading": texts("Cargando…", "Carregando…", "Loading…"),
    "back": texts("Volver a la cartera", "Voltar à carteira", "Back to the portfolio"),
    "no_list_title": texts("Todavía no hay lista", "Ainda não há lista", "There is no list yet"),
    "no_list": texts(
        "Cuando se califique la cartera, la lista aparecerá aquí. Para hacerlo ahora:",
        "Quando a carteira for pontuada, a lista aparecerá aqui. Para fazer isso agora:",
        "Once the portfolio is scored, the list will be here. To do it now:",
    ),
    "refused_400": texts("No se entiende lo pedido", "Pedido não compreendido", "Not understood"),
    "refused_401": texts("Hace falta entrar", "É preciso entrar", "Please log in"),
    "refused_403": texts("No permitido", "Não permitido", "Not allowed"),
    "refused_404": texts("No se encuentra", "Não encontrado", "Not found"),
    "refused_405": texts("No se entiende lo pedido", "Pedido não compreendido", "Not understood"),
    "refused_409": texts("Alguien se adelantó", "Alguém chegou antes", "Somebody was faster"),
    "refused_413": texts("Demasiado grande", "Grande demais", "Too large"),
    "refused_429": texts("Demasiados intentos", "Tentativas demais", "Too many attempts"),
    "refused_500": texts("Algo falló", "Algo falhou", "Something failed"),
    "refused_503": texts("Un momento", "Um momento", "One moment"),
    "not_found": texts(
        "No hay ninguna página en esta dirección.",
        "Não há página neste endereço.",
        "There is no page at this address.",
    ),
    "not_understood": texts(
        "La dirección o el formulario piden algo que esta página no conoce: {what}.",
        "O endereço ou o formulário pede algo que esta página não conhece: {what}.",
        "The address or the form asks for something that this page does not know: {what}.",
    ),
    "wrong_method": texts(
        "Esta dirección no se puede usar así. Abra la página y use sus botones.",
        "Este endereço não pode ser usado assim. Abra a página e use seus botões.",
        "This address cannot be used like that. Open the page and use its buttons.",
    ),
    "role_needed": texts(
        "Para esto hace falta el rol {role}. Pídalo a quien administra el tablero.",
        "Para isto é preciso o papel {role}. Peça a quem administra o painel.",
        "This needs the role {role}. Ask whoever administers the board.",
    ),
    "role_viewer": texts("consulta", "consulta", "viewer"),
    "role_manager": texts("gestión", "gestão", "manager"),
    "role_admin": texts("administración", "administração", "admin"),
    "form_expired": texts(
        "El formulario venció o no es de este tablero, y no se cambió nada. Vuelva a abrir la página e inténtelo otra vez.",
        "O formulário expirou ou não é deste painel, e nada foi alterado. Abra a página de novo e tente outra vez.",
        "The form has expired or is not of this board, and nothing was changed. Open the page again and try once more.",
    ),
    "too_large": texts(
        "Lo enviado es demasiado grande.",
        "O que foi enviado é grande demais.",
        "What was sent is too large.",
    ),
    "being_replaced": texts(
        "La lista no se puede leer: se está reemplazando. Vuelva a intentarlo en unos segundos; si sigue así, está dañada y hay que calificar de nuevo.",
        "A lista não pode ser lida: está sendo substituída. Tente de novo em alguns segundos; se continuar assim, está danificada e é preciso pontuar de novo.",
        "The list cannot be read: it is being replaced. Try again in a few seconds; if it stays so, it is damaged and must be scored again.",
    ),
    "failed": texts(
        "No es culpa suya. Quien administra el tablero puede buscar este código en el registro: {id}.",
        "A culpa não é sua. Quem administra o painel pode procurar este código no registro: {id}.",
        "It is not your fault. Whoever administers the board can look for this code in the log: {id}.",
    ),
    "log_out": texts("Salir", "Sair", "Log out"),
}
