"""Names of people by language, the common ones first, and what their jobs are called."""

import numpy as np
import polars as pl

from pipelines.demo.customers.geography import COUNTRIES
from pipelines.demo.drawing import Places, weighted_within

LANGUAGES = ("de", "fr", "nl", "it", "es", "en", "ja", "pl", "cs")

GIVEN_NAMES = {
    "de": (
        "Thomas Andreas Michael Stefan Christian Peter Markus Martin Frank Daniel Alexander Jürgen Matthias Klaus Sabine "
        "Claudia Susanne Petra Anna Julia Katharina Monika Birgit Nicole Sandra Katrin Anja Jan Florian Tobias Sebastian "
        "Jörg Uwe Ralf Bernd Heike Ute Kerstin Stefanie Melanie Lena Laura Lukas Felix Jonas Maximilian Hans Günter "
        "Werner Dieter Ingrid Renate Ulrike Silke Tanja Johannes Philipp Simon Björn Sven"
    ),
    "fr": (
        "Jean Pierre Michel Philippe Nicolas Marie Isabelle Nathalie Sophie Catherine Christophe Laurent Julien Thomas "
        "Camille Céline Sylvie François Frédéric Guillaume Antoine Hélène Élodie Aurélie Émilie Mathieu Olivier Stéphane "
        "Anne Claire Jérôme Benoît Pascal Valérie Véronique Lucie"
    ),
    "nl": (
        "Jan Peter Johannes Kees Henk Maria Anna Johanna Wilma Marieke Sanne Lotte Bart Jeroen Sander Martijn Wouter Erik "
        "Marcel Dennis Ingrid Esther Saskia Femke Daan Thijs Bram Pieter Hans Marijke"
    ),
    "it": (
        "Giuseppe Marco Andrea Francesco Antonio Luca Paolo Giovanni Roberto Stefano Maria Anna Francesca Laura Giulia "
        "Chiara Paola Elena Silvia Valentina Alessandro Matteo Davide Simone Federica Sara Barbara Massimo Claudio Nicolò"
    ),
    "es": (
        "José Antonio Manuel Francisco Juan David Javier Carlos Miguel María Carmen Ana Isabel Laura Cristina Marta Lucía "
        "Elena Jordi Pablo Sergio Alejandro Jesús Ángel Beatriz Núria Íñigo Rafael Pilar Raúl"
    ),
    "en": (
        "James John Robert Michael William David Richard Thomas Mark Paul Mary Jennifer Linda Elizabeth Susan Jessica "
        "Sarah Karen Emma Laura Andrew Daniel Christopher Matthew Steven Kevin Brian Rebecca Rachel Amy Nicole Joshua "
        "Ryan Emily Olivia Charles George Patricia Kimberly Benjamin"
    ),
    "ja": (
        "Hiroshi Takashi Kenji Yuki Satoshi Makoto Naoko Akiko Yumi Keiko Daisuke Takuya Kazuo Shigeru Yoko Mariko Haruka "
        "Ryo Masahiro Tomoko"
    ),
    "pl": (
        "Piotr Krzysztof Andrzej Tomasz Paweł Jan Michał Marcin Anna Katarzyna Agnieszka Magdalena Małgorzata Joanna Ewa "
        "Jakub Grzegorz Łukasz Monika Barbara"
    ),
    "cs": (
        "Jiří Jan Petr Pavel Martin Tomáš Jaroslav Miroslav Jana Marie Eva Hana Lenka Kateřina Lucie Petra Zdeněk Václav "
        "Ondřej Veronika"
    ),
}
SURNAMES = {
    "de": (
        "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein Wolf "
        "Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt Werner Krause Meier Lehmann "
        "Schmid Schulze Maier Köhler Herrmann König Walter Mayer Huber Kaiser Fuchs Peters Lang Scholz Möller Weiß Jung "
        "Hahn Schubert Vogel Friedrich Keller Günther Frank Berger Winkler Roth Beck Lorenz Baumann Franke Albrecht "
        "Schuster Simon Ludwig Böhm Winter Kraus Martin Schumacher Krämer Vogt Stein Jäger Otto Sommer Groß Seidel "
        "Heinrich Brandt Haas Schreiber Graf Schulte Dietrich Ziegler Kuhn Kühn Pohl Engel Horn Busch Bergmann Thomas "
        "Voigt Sauer Arnold Wolff Pfeiffer Adler Eberle Eckert Elster Falk Fenner Forster Garbe Geller Grabner Haller "
        "Hansen Hartwig Helm Jansen Kern Kessler Kirsch Landau Lenz Lindner Lund Mertens Nadler Nolte Ostler Perlin "
        "Prager Rademann Reuter Sander Sattler Stark Thorn Ulmer Urban Voss Weller Wieland Wolter Zander Zeller Gruber "
        "Steiner Moser Egger Hofer Leitner Brunner Ammann Bachmann Hug Zaugg Bühler"
    ),
    "fr": (
        "Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Simon Laurent Lefebvre Michel Garcia David "
        "Bertrand Roux Vincent Fournier Morel Girard André Mercier Dupont Lambert Bonnet François Martinez Legrand "
        "Garnier Faure Rousseau Blanc Guérin Muller Henry Roussel Perrin Gauthier Chevalier Lemaître Besson Ferrand "
        "Castell"
    ),
    "nl": (
        "de_Jong Jansen de_Vries van_den_Berg Bakker van_Dijk Visser Janssen Smit Meijer de_Boer Mulder de_Groot Bos Vos "
        "Peters Hendriks van_Leeuwen Dekker Brouwer de_Wit Dijkstra Smits de_Graaf van_der_Meer Kok Jacobs Vermeulen "
        "van_den_Heuvel Schouten Willems Hoekstra Maes Claes Wouters Peeters"
    ),
    "it": (
        "Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Bruno Gallo Conti De_Luca Costa Giordano "
        "Mancini Rizzo Lombardi Moretti Barbieri Fontana Santoro Mariani Rinaldi Caruso Ferrara Galli Martini Leone Longo "
        "Gentile Bernardi Zanetti Maranò"
    ),
    "es": (
        "García Rodríguez González Fernández López Martínez Sánchez Pérez Gómez Martín Jiménez Ruiz Hernández Díaz Moreno "
        "Álvarez Muñoz Romero Alonso Gutiérrez Navarro Torres Domínguez Vázquez Ramos Gil Serrano Blanco Molina Castro "
        "Ortega Rubio Etxeberria"
    ),
    "en": (
        "Smith Johnson Williams Brown Jones Miller Davis Wilson Anderson Taylor Thomas Moore Martin Jackson Thompson "
        "White Harris Clark Lewis Robinson Walker Young Allen King Wright Scott Hill Green Adams Nelson Baker Hall "
        "Campbell Mitchell Carter Roberts Phillips Evans Turner Parker Collins Edwards Stewart Morris Murphy Cook Rogers "
        "Morgan Cooper Reed Bailey Bell Kelly Howard Ward Cox Richardson Wood Watson Brooks Bennett Gray Hughes Price "
        "Sanders Foster Palmer Marshall Tremblay O'Brien"
    ),
    "ja": (
        "Sato Suzuki Takahashi Tanaka Watanabe Ito Yamamoto Nakamura Kobayashi Kato Yoshida Yamada Sasaki Yamaguchi "
        "Matsumoto Inoue Kimura Hayashi Saito Shimizu Ono Kondo Endo Goto Okada Ota"
    ),
    "pl": (
        "Nowak Kowalski Wiśniewski Wójcik Kowalczyk Kamiński Lewandowski Zieliński Szymański Woźniak Dąbrowski Kozłowski "
        "Jankowski Mazur Kwiatkowski Krawczyk Piotrowski Grabowski Pawłowski Michalski"
    ),
    "cs": "Novák Svoboda Novotný Dvořák Černý Procházka Kučera Veselý Horák Němec Pokorný Marek Pospíšil Hájek Jelínek Král",
}

JOBS = (
    ("Purchasing Manager", "Purchasing", 5), ("Buyer", "Purchasing", 5), ("Head of Procurement", "Purchasing", 2),
    ("Production Manager", "Operations", 3), ("Maintenance Engineer", "Operations", 3), ("Plant Manager", "Operations", 2),
    ("Design Engineer", "Engineering", 2), ("Technical Director", "Engineering", 1.5), ("Managing Director", "Management", 2.5),
    ("Accounts Payable Clerk", "Finance", 1.5), ("Finance Director", "Finance", 1), ("Warehouse Supervisor", "Logistics", 1.5),
    ("Quality Manager", "Quality", 1),
)  # fmt: skip
"""Titles of contacts, their departments and how often they are met."""

NICKNAMES = {
    "Thomas": "Tom", "Andreas": "Andi", "Michael": "Mike", "Stefan": "Steffen", "Christian": "Chris", "Alexander": "Alex",
    "Matthias": "Matze", "Katharina": "Kathrin", "Stefanie": "Steffi", "Maximilian": "Max", "Johannes": "Hannes", "James": "Jim",
    "Robert": "Bob", "William": "Bill", "Richard": "Rick", "Elizabeth": "Liz", "Jennifer": "Jen", "Christopher": "Chris",
    "Matthew": "Matt", "Steven": "Steve", "Rebecca": "Becky", "Kimberly": "Kim", "Benjamin": "Ben", "Daniel": "Dan",
    "Francisco": "Paco", "Giuseppe": "Beppe", "Alessandro": "Sandro", "Katarzyna": "Kasia", "Frédéric": "Fred", "David": "Dave",
    "Sebastian": "Basti", "Nicolas": "Nico", "Jeroen": "Jeroen J.", "Susan": "Sue", "Andrew": "Andy",
}  # fmt: skip
"""What people are called who do not use their whole given name."""


def _words(by_language: dict[str, str]) -> tuple[pl.Series, Places, np.ndarray]:
    words, languages, shares = [], [], []
    for number, language in enumerate(LANGUAGES):
        for rank, word in enumerate(by_language[language].split()):
            words.append(word.replace("_", " "))
            languages.append(number)
            shares.append(1 / (6 + rank))
    return pl.Series(words, dtype=pl.String), np.array(languages, dtype=np.int64), np.array(shares)


_GIVEN, _SUR = _words(GIVEN_NAMES), _words(SURNAMES)
LANGUAGE_OF = np.array([LANGUAGES.index(country.language) for country in COUNTRIES], dtype=np.int64)
"""For each of COUNTRIES the place of its language in LANGUAGES."""


def draw_given_names(rng: np.random.Generator, languages: Places) -> pl.Series:
    """A given name in each of ``languages`` (places in LANGUAGES)."""
    words, groups, shares = _GIVEN
    return words[weighted_within(rng.random(len(languages)), languages, groups, shares)]


def draw_surnames(rng: np.random.Generator, languages: Places) -> pl.Series:
    """A surname in each of ``languages`` (places in LANGUAGES)."""
    words, groups, shares = _SUR
    return words[weighted_within(rng.random(len(languages)), languages, groups, shares)]


def ascii_name(column: pl.Expr) -> pl.Expr:
    """``column`` as it stands in e-mail addresses and domains: lower case ASCII, ä as ae, other characters left out."""
    german = column.str.to_lowercase().str.replace_many(["ä", "ö", "ü", "ß"], ["ae", "oe", "ue", "ss"])
    plain = german.str.replace_many(list(_ACCENTS), list(_ACCENTS.values()))
    return plain.str.replace_all(r"[^a-z0-9]+", "")


_ACCENTS = dict(
    zip("áàâãåéèêëíìîïóòôõúùûçñøœýčďěňřšťůžąćęłńśźżōūğ", "aaaaaeeeeiiiioooouuucnooycdenrstuzacelnszzoug", strict=True)
)
