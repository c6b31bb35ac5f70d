"""What the first page says."""

from propension.outputs.column import texts

PORTFOLIO = {
    "title": texts("Cartera", "Carteira", "Portfolio"),
}
