"""What is said of names, passwords and roles."""

from propension.outputs.column import texts

ACCESS = {
    "unknown_to_proxy": texts(
        "El servidor que está delante de este tablero no dijo quién es usted, o su nombre no está entre los usuarios. "
        "Pida a quien administra el tablero que lo agregue.",
        "O servidor à frente deste painel não informou quem é você, ou seu nome não está entre os usuários. "
        "Peça a quem administra o painel que o inclua.",
        "The server before this board did not say who you are, or your name is not among its users. "
        "Ask whoever administers the board to add it.",
    ),
}
