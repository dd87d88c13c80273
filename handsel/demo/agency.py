"""Harbour & Vine Marketing: who works there, what it sells, and to whom. Plain facts; `story` says what happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from handsel.flows.people.customers import Address
from handsel.flows.people.partners import PartnerChanges

SLUG: Final = "harbour-vine"

PARTNER: Final[PartnerChanges] = {
    "name": "Harbour & Vine Marketing",
    "legal_name": "Harbour & Vine Marketing LLC",
    "tax_id": "91-4820317",
    "email": "accounts@harbour-vine.example",
    "address": {
        "line1": "1201 Western Avenue", "city": "Seattle", "region": "WA", "postal_code": "98101", "country": "US",
    },
    "currency": "USD",
    "timezone": "America/Los_Angeles",
    "accent": "#0f6e63",
    "invoice_prefix": "HV-",
    "payment_terms_days": 14,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """A member; `login` is the part of the e-mail before the @."""

    login: str
    name: str
    role: str


PEOPLE: Final = (
    Person("maya", "Maya Lindqvist", "admin"),
    Person("theo", "Theo Alvarez", "salesperson"),
    Person("priya", "Priya Nair", "salesperson"),
)

TAX_RATES: Final = (
    ("Washington sales tax", "WA", "10.25"),
    ("California sales tax", "CA", "8.25"),
    ("New York sales tax", "NY", "8.875"),
    ("Texas sales tax", "TX", "8.25"),
)


@dataclass(frozen=True, slots=True)
class Good:
    """A product. `price` in dollars; `vendor` is how the sandbox's vendor answers, "" where nobody has to be told."""

    sku: str
    name: str
    price: int
    interval: str | None = None
    trial_days: int = 0
    vendor: str = ""
    needs: str = ""
    tax_exempt: bool = False
    description: str = ""


GOODS: Final = (
    Good("site-starter", "Starter website", 1800, description="Five pages, written, designed and live in three weeks."),
    Good("site-pro", "Professional website", 4800, description="Up to twenty pages with a blog and booking."),
    Good("hosting", "Managed hosting", 39, "month", vendor="done", description="Hosting, certificate, daily backup."),
    Good("care", "Website care plan", 89, "month", needs="hosting", description="Updates, fixes, one change a month."),
    Good("domain", "Domain name", 24, "year", vendor="failed_first", description="Registration and renewal."),
    Good("seo-local", "Local SEO", 399, "month", description="Found by people nearby: pages, citations, reports."),
    Good("seo-growth", "Growth SEO", 1150, "month", description="Content, links and technical work for wider markets."),
    Good("ads", "Ads management", 650, "month", needs="site-starter", description="Search and social, spend apart."),
    Good("ads-setup", "Ads account set-up", 750, description="Accounts, tracking, first campaigns."),
    Good("listings", "Listings sync", 49, "month", vendor="done", description="Hours and address right everywhere."),
    Good("reputation", "Reputation management", 99, "month", trial_days=14, description="Reviews asked for, answered."),
    Good("social", "Social posting", 290, "month", description="Three posts a week, planned and approved together."),
    Good("photo", "Photo day", 950, description="One day on site, forty edited pictures."),
    Good("email", "Newsletter platform", 540, "year", vendor="later", description="Sending, templates, sign-up forms."),
    Good("audit", "Marketing audit", 480, tax_exempt=True, description="Where you stand, and the three next steps."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Buyer:
    """A customer business and the person to talk to there."""

    name: str
    contact: str
    city: str
    region: str
    postal_code: str
    street: str
    timezone: str = "America/Los_Angeles"
    tax_id: str = ""
    tax_exempt: bool = False

    @property
    def domain(self) -> str:
        letters = "".join(letter for letter in self.name.lower() if letter.isascii() and letter.isalnum())
        return f"{letters}.example"

    @property
    def address(self) -> Address:
        if not self.street:
            return {}
        return {
            "line1": self.street, "city": self.city, "region": self.region, "postal_code": self.postal_code,
            "country": "US",
        }  # fmt: skip


_EAST, _CENTRAL, _MOUNTAIN = "America/New_York", "America/Chicago", "America/Denver"

BUYERS: Final = (
    Buyer("Saltwater Bakery", "Dana Whitfield", "Seattle", "WA", "98107", "5410 Ballard Avenue NW"),
    Buyer("Cascade Dental Studio", "Dr. Owen Park", "Bellevue", "WA", "98004", "212 Main Street"),
    Buyer("Fernhill Veterinary Clinic", "Rosa Jimenez", "Tacoma", "WA", "98402", "88 Pacific Avenue"),
    Buyer("Pike Street Florist", "June Okafor", "Seattle", "WA", "98101", "1526 Pike Street"),
    Buyer("Northlight Yoga", "Samira Haddad", "Spokane", "WA", "99201", "14 Riverside Avenue"),
    Buyer("Ironwood Roofing", "Pete Kowalski", "Portland", "OR", "97209", "301 NW 11th Avenue"),
    Buyer("Hollis & Finch Attorneys", "Margaret Finch", "Portland", "OR", "97204", "620 SW 5th Avenue"),
    Buyer("Tall Pines Campground", "Wes Tanner", "Bend", "OR", "97701", "61200 Skyline Ranch Road"),
    Buyer("Marisol Taqueria", "Marisol Vega", "Oakland", "CA", "94607", "1740 Broadway"),
    Buyer("Golden Gate Movers", "Kenji Sato", "San Francisco", "CA", "94103", "900 Folsom Street"),
    Buyer("Bluebird Preschool", "Ann-Marie Leclerc", "Berkeley", "CA", "94704", "2401 Durant Avenue", tax_exempt=True),
    Buyer("Redwood Optometry", "Dr. Lena Fischer", "Eureka", "CA", "95501", "518 F Street"),
    Buyer("Sierra Solar Works", "Hank Mueller", "Sacramento", "CA", "95814", "1100 J Street", tax_id="68-1193024"),
    Buyer("Canyon Ridge Winery", "Isabel Romano", "Napa", "CA", "94558", "4400 Silverado Trail"),
    Buyer("Desert Bloom Spa", "Tessa Yellowhorse", "Phoenix", "AZ", "85004", "77 E Adams Street", "America/Phoenix"),
    Buyer("Summit Physical Therapy", "Gabe Thornton", "Denver", "CO", "80202", "1600 Market Street", _MOUNTAIN),
    Buyer("High Plains Brewing", "Colt Rasmussen", "Fort Collins", "CO", "80524", "330 Linden Street", _MOUNTAIN),
    Buyer("Lone Star Plumbing", "Earl Dawson", "Austin", "TX", "78701", "415 Congress Avenue", _CENTRAL),
    Buyer("Magnolia Home Interiors", "Savannah Pruitt", "Waco", "TX", "76701", "601 Webster Avenue", _CENTRAL),
    Buyer("Lakeview Auto Repair", "Tomasz Nowak", "Chicago", "IL", "60613", "3815 N Halsted Street", _CENTRAL),
    Buyer("Prairie Wind Books", "Nora Castellan", "Madison", "WI", "53703", "122 State Street", _CENTRAL),
    Buyer("Riverbend Landscaping", "Luis Ortega", "Minneapolis", "MN", "55401", "201 Hennepin Avenue", _CENTRAL),
    Buyer("Hudson Street Tailors", "Amir Rahimi", "New York", "NY", "10014", "540 Hudson Street", _EAST),
    Buyer("Brightside Pediatrics", "Dr. Claire Dubois", "Albany", "NY", "12207", "29 State Street", _EAST),
    Buyer("Old Mill Furniture", "Henrik Aalto", "Burlington", "VT", "05401", "3 Mill Street", _EAST),
    Buyer("Beacon Hill Tutoring", "Priscilla Grant", "Boston", "MA", "02108", "60 Charles Street", _EAST),
    Buyer("Seabreeze Kayaks", "Mateo Cruz", "Charleston", "SC", "29401", "17 Wharf Street", _EAST),
    Buyer("Peachtree Pet Grooming", "Latoya Simmons", "Atlanta", "GA", "30309", "1180 Peachtree Street", _EAST),
    Buyer("Moonrise Jazz Club", "Etienne Boudreaux", "New Orleans", "LA", "", "", _CENTRAL),
    Buyer("Juniper & Sage Catering", "Freya Sorensen", "Boise", "ID", "", "", "America/Boise"),
)

TERMS: Final = """1. What we do. We do what the offer says, with care and on the days that we agree on.

2. What you give us. Texts, pictures and access that we need come from you, in time for us to use them.

3. Money. What is due now is paid with the signature. What renews is charged on the day shown, until you end it.

4. Ending. You may end what renews before its next day, by mail or by phone. What was paid for runs to its end.

5. What is made belongs to you once it is paid."""
TICK: Final = "I have read the terms of service and accept them."
