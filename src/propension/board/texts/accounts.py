"""What the list says."""

from propension.config import texts

ACCOUNTS = {
    "title": texts("Lista", "Lista", "List"),
    "filters": texts("Filtros", "Filtros", "Filters"),
    "search": texts(
        "Buscar por nombre o número", "Buscar por nome ou número", "Search by name or number"
    ),
    "in_percent": texts("{what}, en %", "{what}, em %", "{what}, in %"),
    "from": texts("{what}, desde", "{what}, de", "{what}, from"),
    "to": texts("{what}, hasta", "{what}, até", "{what}, to"),
    "at_least": texts("{what} desde {value}", "{what} de {value}", "{what} from {value}"),
    "at_most": texts("{what} hasta {value}", "{what} até {value}", "{what} up to {value}"),
    "holds": texts("Contiene «{value}»", "Contém «{value}»", "Contains “{value}”"),
    "apply": texts("Filtrar", "Filtrar", "Filter"),
    "clear": texts("Quitar todos los filtros", "Remover todos os filtros", "Remove all filters"),
    "without": texts(
        "Quitar el filtro: {what}", "Remover o filtro: {what}", "Remove the filter: {what}"
    ),
    "chosen": texts("Filtros puestos", "Filtros em uso", "Filters in use"),
    "results": texts("Cuentas filtradas", "Contas filtradas", "Filtered accounts"),
    "caption": texts(
        "Cuentas {first} a {last} de {total}",
        "Contas {first} a {last} de {total}",
        "Accounts {first} to {last} of {total}",
    ),
    "none_found": texts(
        "Ninguna cuenta cumple todos los filtros.",
        "Nenhuma conta atende a todos os filtros.",
        "No account meets all the filters.",
    ),
    "widen": texts(
        "Quite alguno de los filtros puestos, o busque menos palabras.",
        "Remova algum dos filtros em uso, ou busque menos palavras.",
        "Remove one of the filters in use, or search fewer words.",
    ),
    "empty_list": texts(
        "La lista no tiene cuentas.", "A lista não tem contas.", "The list has no accounts."
    ),
    "pages": texts("Páginas de la lista", "Páginas da lista", "Pages of the list"),
    "first": texts("Primera", "Primeira", "First"),
    "previous": texts("Anterior", "Anterior", "Previous"),
    "next": texts("Siguiente", "Próxima", "Next"),
    "last": texts("Última", "Última", "Last"),
    "page_of": texts(
        "Página {page} de {pages}", "Página {page} de {pages}", "Page {page} of {pages}"
    ),
    "export": texts("Descargar lo filtrado", "Baixar o filtrado", "Download what is filtered"),
    "csv": texts("CSV", "CSV", "CSV"),
    "excel": texts("Excel", "Excel", "Excel"),
    "too_many_for_excel": texts(
        "Excel no admite más de {most} filas y lo filtrado tiene {total}: descárguelo en CSV o filtre más.",
        "O Excel não aceita mais de {most} linhas e o filtrado tem {total}: baixe em CSV ou filtre mais.",
        "Excel takes no more than {most} rows, and {total} are filtered: download them as CSV, or filter more.",
    ),
    "replaced": texts(
        "Se publicó otra lista después de que abrió esta página, y lo que descargaría no es lo que ve. Vuelva a abrir la lista.",
        "Outra lista foi publicada depois que você abriu esta página, e o que você baixaria não é o que vê. Abra a lista de novo.",
        "Another list was published after you opened this page, and what you would download is not what you see. Open the list again.",
    ),
    "busy": texts(
        "Se están preparando otras descargas. Inténtelo dentro de un minuto.",
        "Outros downloads estão sendo preparados. Tente daqui a um minuto.",
        "Other downloads are being prepared. Try again in a minute.",
    ),
    "views": texts("Vistas guardadas", "Visões salvas", "Saved views"),
    "view_name": texts("Nombre de esta vista", "Nome desta visão", "Name of this view"),
    "save_view": texts("Guardar esta vista", "Salvar esta visão", "Save this view"),
    "remove_view": texts(
        "Quitar la vista {name}", "Remover a visão {name}", "Remove the view {name}"
    ),
    "too_many_views": texts(
        "Ya hay {most} vistas guardadas: quite alguna antes.",
        "Já há {most} visões salvas: remova alguma antes.",
        "There are {most} saved views already: remove one first.",
    ),
    "bad_view": texts(
        "Una vista necesita un nombre de hasta 60 caracteres.",
        "Uma visão precisa de um nome de até 60 caracteres.",
        "A view needs a name of up to 60 characters.",
    ),
}
