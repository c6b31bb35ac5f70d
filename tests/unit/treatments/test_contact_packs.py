"""The packs as data: what a pack may say, what is refused, and what messages must not say."""

import re
from pathlib import Path

import pytest
import yaml
from contact_tables import contacts, proposal, proposals

from propension.errors import ConfigurationError, PolicyError
from propension.schema.tables import OUTCOMES
from propension.treatments.contact import check_contacts, load_rulebook
from propension.treatments.contact.reading import _OUTCOME_REACHES
from propension.treatments.contact.rulebook import PACKS


def changed_pack(tmp_path, change):
    """A folder that holds the Spanish pack, changed."""
    content = yaml.safe_load((PACKS / "es.yaml").read_text(encoding="utf-8"))
    change(content)
    (tmp_path / "es.yaml").write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return tmp_path


def test_every_country_of_the_product_has_a_pack():
    assert sorted(load_rulebook().packs) == ["AR", "BR", "CL", "CO", "EC", "ES", "MX", "PE", "US"]


def test_rules_bear_their_country_in_their_ids():
    for country, pack in load_rulebook().packs.items():
        for part in (pack, *pack.regions.values()):
            assert all(rule.id.startswith(f"{country.lower()}-") for rule in part.rules)


def test_packs_and_contract_name_the_same_outcomes():
    assert set(_OUTCOME_REACHES) == set(OUTCOMES) - {"right_party", "refused", "promise"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda pack: pack["rules"][1].update(holyday="x"), r"holyday .* is unknown \(did you mean holidays"),
        (lambda pack: pack["rules"][1]["windows"][0].update(open="x"), r"open .* is unknown \(did you mean opens"),
        (lambda pack: pack["rules"][1].update(kind="night"), "kind|night"),
        (lambda pack: pack["rules"][1]["windows"][0].update(opens=540), 'from "00:00" to "24:00"'),
        (lambda pack: pack["rules"][1]["windows"][0].update(closes="24:01"), 'from "00:00" to "24:00"'),
        (lambda pack: pack["rules"][1]["windows"][0].update(closes="09:00"), "opens must be before closes"),
        (lambda pack: pack["rules"].pop(0), "a pack must say its recipients"),
        (lambda pack: pack["rules"].append(pack["rules"][0]), "rules are named twice: es-recipients"),
        (lambda pack: pack.update(regions={"MD": {"replaces": ["es-hour"], "rules": pack["rules"][1:]}}), "regions.MD replaces unknown rules: es-hour"),
        (lambda pack: pack.update(regions={"MD": {"rules": pack["rules"][1:]}}), "rules are named twice: es-hours"),
        (lambda pack: pack["messages"].update(forbidden_phrases={"es": ["("]}), "not a regular expression"),
    ],
)  # fmt: skip
def test_a_faulty_pack_is_refused_with_its_place(tmp_path, change, message):
    folder = changed_pack(tmp_path, change)
    with pytest.raises(ConfigurationError, match=message):
        load_rulebook(folder=folder)


def test_a_country_has_one_pack(tmp_path):
    folder = changed_pack(tmp_path, lambda pack: None)
    (folder / "other.yaml").write_text((folder / "es.yaml").read_text(encoding="utf-8"))
    with pytest.raises(PolicyError, match=r"other\.yaml: ES has another pack"):
        load_rulebook(folder=folder)


def test_a_pack_of_ones_own_opens_its_country(tmp_path):
    folder = changed_pack(tmp_path, lambda pack: pack.update(country="PT"))
    asked = {**proposal("ES", "2026-06-02 12:00"), "country": "PT", "timezone": "Europe/Lisbon"}
    verdicts = check_contacts(proposals(asked), contacts(), load_rulebook(folder=folder))
    assert verdicts["allowed"].to_pylist() == [True]


@pytest.mark.parametrize(
    ("country", "language", "text"),
    [
        ("CO", "es", "¿Por qué no ha pagado su factura?"),
        ("CO", "es", "Cuéntenos el motivo de su atraso"),
        ("CO", "es", "¿Cuál es la razón del no pago?"),
        ("MX", "es", "Entregue el pago al gestor"),
        ("MX", "es", "Puede terminar en la cárcel"),
        ("PE", "es", "NOTIFICACIÓN PRE-JUDICIAL"),
        ("PE", "es", "Ordenaremos el embargo de sus bienes"),
        ("CL", "es", "Demanda judicial en curso"),
        ("AR", "es", "Intimación judicial"),
        ("AR", "es", "Procederemos al remate"),
        ("BR", "pt", "Não seja caloteiro"),
        ("BR", "pt", "Vamos avisar seu chefe"),
        ("BR", "pt", "Seus bens serão penhorados"),
        ("EC", "es", "Boleta judicial"),
        ("US", "en", "You may be arrested"),
        ("US", "en", "Final court notice"),
        ("ES", "es", "Lista de morosos"),
    ],
)
def test_forbidden_phrases_are_found(country, language, text):
    messages = load_rulebook().packs[country].messages
    patterns = messages.forbidden_phrases[language]
    assert messages.identify_creditor
    assert any(re.search(pattern, text, re.IGNORECASE) for pattern in patterns)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "Hola, le escribe la empresa. Su factura venció el 3 de junio; puede pagarla en línea."),
        ("es", "Si ya realizó el pago, ignore este mensaje. Podemos acordar un plan de cuotas."),
        ("es", "Por la razón que sea, estamos para ayudarle a ponerse al día."),
        ("pt", "Olá! Sua fatura venceu ontem. Podemos combinar um parcelamento que caiba no seu bolso."),
        ("en", "Your invoice is overdue. Reply to this message to agree on a payment plan."),
    ],
)  # fmt: skip
def test_ordinary_messages_are_not_forbidden(language, text):
    for pack in load_rulebook().packs.values():
        for pattern in pack.messages.forbidden_phrases.get(language, ()):
            assert not re.search(pattern, text, re.IGNORECASE), (pack.country, pattern)


def test_the_page_of_rules_holds_every_rule_with_its_citation(pytestconfig):
    page = Path(pytestconfig.rootpath / "docs" / "contact-rules.md").read_text(encoding="utf-8")
    for pack in load_rulebook().packs.values():
        for part in (pack, *pack.regions.values()):
            for rule in part.rules:
                row = next((line for line in page.splitlines() if f"| `{rule.id}` " in line), "")
                assert rule.citation.split(", applied")[0] in row
                assert str(rule.valid_from) in row
                assert rule.confidence in row
