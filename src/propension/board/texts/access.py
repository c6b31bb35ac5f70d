"""What is said of names, passwords and roles."""

from propension.config import texts

ACCESS = {
    "log_in": texts("Entrar", "Entrar", "Log in"),
    "name": texts("Usuario", "Usuário", "User name"),
    "password": texts("Contraseña", "Senha", "Password"),
    "role": texts("Rol", "Papel", "Role"),
    "wrong": texts(
        "El usuario o la contraseña no son correctos.",
        "O usuário ou a senha não estão corretos.",
        "The user name or the password is not right.",
    ),
    "too_many": texts(
        "Hubo demasiados intentos. Espere un cuarto de hora y vuelva a intentarlo.",
        "Houve tentativas demais. Espere um quarto de hora e tente de novo.",
        "There were too many attempts. Wait a quarter of an hour and try again.",
    ),
    "no_login": texts(
        "En este tablero no hay usuarios ni contraseñas: lo decide board.access en propension.yaml.",
        "Neste painel não há usuários nem senhas: isso é decidido por board.access em propension.yaml.",
        "This board has no users and no passwords: board.access in propension.yaml decides it.",
    ),
    "unknown_to_proxy": texts(
        "El servidor que está delante de este tablero no dijo quién es usted, o su nombre no está entre los usuarios. "
        "Pida a quien administra el tablero que lo agregue.",
        "O servidor à frente deste painel não informou quem é você, ou seu nome não está entre os usuários. "
        "Peça a quem administra o painel que o inclua.",
        "The server before this board did not say who you are, or your name is not among its users. "
        "Ask whoever administers the board to add it.",
    ),
    "change_password": texts("Cambiar la contraseña", "Mudar a senha", "Change the password"),
    "change_note": texts(
        "Al cambiarla se cierran sus demás sesiones.",
        "Ao mudá-la, suas outras sessões são encerradas.",
        "Changing it ends your other sessions.",
    ),
    "password_before": texts("Contraseña actual", "Senha atual", "Current password"),
    "password_after": texts(
        "Contraseña nueva, de {shortest} caracteres o más",
        "Senha nova, de {shortest} caracteres ou mais",
        "New password, of {shortest} characters or more",
    ),
    "users": texts("Usuarios", "Usuários", "Users"),
    "who": texts("Quién puede usar el tablero", "Quem pode usar o painel", "Who may use the board"),
    "roles_note": texts(
        "Consulta ve todo con los datos personales ocultos; gestión los ve como están en la lista y decide; "
        "administración, además, dice quién entra.",
        "Consulta vê tudo com os dados pessoais ocultos; gestão os vê como estão na lista e decide; "
        "administração, além disso, diz quem entra.",
        "Viewers see everything with personal data hidden; managers see it as the list has it, and decide; "
        "admins say who may enter, too.",
    ),
    "put": texts("Agregar o cambiar", "Incluir ou mudar", "Add or change"),
    "save": texts("Guardar", "Salvar", "Save"),
    "remove": texts("Quitar", "Remover", "Remove"),
    "bad_name": texts(
        "Ese nombre no sirve: use hasta 64 letras, cifras, puntos, guiones y @.",
        "Esse nome não serve: use até 64 letras, números, pontos, hifens e @.",
        "That name cannot be used: take up to 64 letters, digits, dots, hyphens and @.",
    ),
    "bad_role": texts("Ese rol no existe.", "Esse papel não existe.", "There is no such role."),
    "bad_password": texts(
        "La contraseña debe tener entre 10 y 256 caracteres.",
        "A senha deve ter entre 10 e 256 caracteres.",
        "The password must have between 10 and 256 characters.",
    ),
    "no_such_user": texts(
        "Nadie tiene ese nombre.", "Ninguém tem esse nome.", "Nobody has that name."
    ),
    "not_oneself": texts(
        "No puede quitarse a sí mismo ni su rol: pídalo a otra persona que administre.",
        "Você não pode remover a si mesmo nem o seu papel: peça a outra pessoa que administre.",
        "You cannot remove yourself or your role: ask another admin.",
    ),
}
