"""Names that a made-up estate draws from: example companies, people, places.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

BRANDS = ("contoso", "fabrikam", "adatum", "northwind")
TRADES = (
    "Bakery",
    "Clinic",
    "Construction",
    "Consulting",
    "Electronics",
    "Foods",
    "Insurance",
    "Law",
    "Logistics",
    "Manufacturing",
    "Pharmacy",
    "Retail",
    "Schools",
    "Travel",
)
GIVEN = (
    "Adele",
    "Alex",
    "Ana",
    "Ben",
    "Chris",
    "Diego",
    "Elena",
    "Grady",
    "Henrietta",
    "Irvin",
    "Isaiah",
    "Joni",
    "Kim",
    "Lee",
    "Lidia",
    "Lynne",
    "Megan",
    "Miriam",
    "Nestor",
    "Patti",
    "Pradeep",
    "Raul",
    "Sofia",
    "Yara",
)
FAMILY = (
    "Akers",
    "Bowen",
    "Cramer",
    "Fernandez",
    "Graham",
    "Gupta",
    "Holloway",
    "Izzo",
    "Jensen",
    "Keller",
    "Langer",
    "Mueller",
    "Novak",
    "Okafor",
    "Petrov",
    "Robbins",
    "Sayers",
    "Sherman",
    "Siciliani",
    "Vance",
    "Weber",
    "Wilber",
    "Young",
    "Zahn",
)
PLACES = (
    ("AT", "Graz", "8010"),
    ("CH", "Bern", "3011"),
    ("DE", "Dresden", "01067"),
    ("DE", "Bremen", "28195"),
    ("FR", "Lyon", "69002"),
    ("NL", "Utrecht", "3511 BT"),
)
"""Country, city and a postal code that fits both."""
