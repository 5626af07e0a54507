"""Which edge region has probably seen a request, from the edge location that answered it. Pure.

CloudFront names the location in the header x-amz-cf-pop: FRA56-P4 is the fourth of several in
Frankfurt, by the code of the airport. A Lambda@Edge function does not run there, but in a regional
edge cache behind it, and logs in that region. Which cache stands behind which location is nowhere
published, and CloudFront goes by the state of the network, not by the map. The order here is that
of distance: a place to begin, with the distance beside it, never a proof. Between two caches that
are about as far both are likely, and a request may have gone further at any time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

#: City, latitude and longitude of the regions in which Lambda@Edge may run.
REGIONS = {
    "ap-northeast-1": ("Tokyo", 35.7, 139.7),
    "ap-northeast-2": ("Seoul", 37.6, 127.0),
    "ap-south-1": ("Mumbai", 19.1, 72.9),
    "ap-southeast-1": ("Singapore", 1.3, 103.8),
    "ap-southeast-2": ("Sydney", -33.9, 151.2),
    "eu-central-1": ("Frankfurt", 50.1, 8.7),
    "eu-west-1": ("Ireland", 53.3, -6.3),
    "eu-west-2": ("London", 51.5, -0.1),
    "sa-east-1": ("São Paulo", -23.5, -46.6),
    "us-east-1": ("N. Virginia", 39.0, -77.5),
    "us-east-2": ("Ohio", 40.0, -83.0),
    "us-west-1": ("N. California", 37.4, -121.9),
    "us-west-2": ("Oregon", 45.8, -119.7),
}

#: City, latitude and longitude by the airport codes that CloudFront commonly names, to a tenth of
#: a degree. YTO and LON are codes of cities.
AIRPORTS = {
    # North America
    "ATL": ("Atlanta", 33.6, -84.4),
    "BNA": ("Nashville", 36.1, -86.7),
    "BOS": ("Boston", 42.4, -71.0),
    "CLT": ("Charlotte", 35.2, -80.9),
    "CMH": ("Columbus", 40.0, -82.9),
    "DEN": ("Denver", 39.9, -104.7),
    "DFW": ("Dallas", 32.9, -97.0),
    "DTW": ("Detroit", 42.2, -83.4),
    "EWR": ("Newark", 40.7, -74.2),
    "HIO": ("Hillsboro", 45.5, -122.9),
    "IAD": ("Washington", 38.9, -77.5),
    "IAH": ("Houston", 30.0, -95.3),
    "IND": ("Indianapolis", 39.7, -86.3),
    "JAX": ("Jacksonville", 30.5, -81.7),
    "JFK": ("New York", 40.6, -73.8),
    "LAS": ("Las Vegas", 36.1, -115.2),
    "LAX": ("Los Angeles", 33.9, -118.4),
    "MCI": ("Kansas City", 39.3, -94.7),
    "MIA": ("Miami", 25.8, -80.3),
    "MSP": ("Minneapolis", 44.9, -93.2),
    "ORD": ("Chicago", 42.0, -87.9),
    "PDX": ("Portland", 45.6, -122.6),
    "PHL": ("Philadelphia", 39.9, -75.2),
    "PHX": ("Phoenix", 33.4, -112.0),
    "QRO": ("Querétaro", 20.6, -100.2),
    "SEA": ("Seattle", 47.4, -122.3),
    "SFO": ("San Francisco", 37.6, -122.4),
    "SJC": ("San José, California", 37.4, -121.9),
    "SLC": ("Salt Lake City", 40.8, -112.0),
    "TPA": ("Tampa", 28.0, -82.5),
    "YTO": ("Toronto", 43.7, -79.6),
    "YUL": ("Montréal", 45.5, -73.7),
    "YVR": ("Vancouver", 49.2, -123.2),
    # South America
    "BOG": ("Bogotá", 4.7, -74.1),
    "EZE": ("Buenos Aires", -34.8, -58.5),
    "FOR": ("Fortaleza", -3.8, -38.5),
    "GIG": ("Rio de Janeiro", -22.8, -43.2),
    "GRU": ("São Paulo", -23.4, -46.5),
    "LIM": ("Lima", -12.0, -77.1),
    "SCL": ("Santiago", -33.4, -70.8),
    # Europe
    "AMS": ("Amsterdam", 52.3, 4.8),
    "ARN": ("Stockholm", 59.7, 17.9),
    "ATH": ("Athens", 37.9, 23.9),
    "BCN": ("Barcelona", 41.3, 2.1),
    "BRU": ("Brussels", 50.9, 4.5),
    "BUD": ("Budapest", 47.4, 19.3),
    "CDG": ("Paris", 49.0, 2.5),
    "CPH": ("Copenhagen", 55.6, 12.7),
    "DUB": ("Dublin", 53.4, -6.3),
    "DUS": ("Düsseldorf", 51.3, 6.8),
    "FCO": ("Rome", 41.8, 12.2),
    "FRA": ("Frankfurt", 50.0, 8.6),
    "HAM": ("Hamburg", 53.6, 10.0),
    "HEL": ("Helsinki", 60.3, 25.0),
    "IST": ("Istanbul", 41.3, 28.7),
    "LHR": ("London", 51.5, -0.5),
    "LIS": ("Lisbon", 38.8, -9.1),
    "LON": ("London", 51.5, -0.1),
    "MAD": ("Madrid", 40.5, -3.6),
    "MAN": ("Manchester", 53.4, -2.3),
    "MRS": ("Marseille", 43.4, 5.2),
    "MUC": ("Munich", 48.4, 11.8),
    "MXP": ("Milan", 45.6, 8.7),
    "OSL": ("Oslo", 60.2, 11.1),
    "OTP": ("Bucharest", 44.6, 26.1),
    "PMO": ("Palermo", 38.2, 13.1),
    "PRG": ("Prague", 50.1, 14.3),
    "SOF": ("Sofia", 42.7, 23.4),
    "TXL": ("Berlin", 52.6, 13.3),
    "VIE": ("Vienna", 48.1, 16.6),
    "WAW": ("Warsaw", 52.2, 21.0),
    "ZAG": ("Zagreb", 45.7, 16.1),
    "ZRH": ("Zürich", 47.5, 8.5),
    # Africa and the Middle East
    "BAH": ("Bahrain", 26.3, 50.6),
    "CPT": ("Cape Town", -34.0, 18.6),
    "DXB": ("Dubai", 25.3, 55.4),
    "FJR": ("Fujairah", 25.1, 56.3),
    "JNB": ("Johannesburg", -26.1, 28.2),
    "LOS": ("Lagos", 6.6, 3.3),
    "NBO": ("Nairobi", -1.3, 36.9),
    "TLV": ("Tel Aviv", 32.0, 34.9),
    # Asia and Oceania
    "AKL": ("Auckland", -37.0, 174.8),
    "BKK": ("Bangkok", 13.7, 100.7),
    "BLR": ("Bengaluru", 13.2, 77.7),
    "BNE": ("Brisbane", -27.4, 153.1),
    "BOM": ("Mumbai", 19.1, 72.9),
    "CCU": ("Kolkata", 22.7, 88.4),
    "CGK": ("Jakarta", -6.1, 106.7),
    "DEL": ("Delhi", 28.6, 77.1),
    "HAN": ("Hanoi", 21.2, 105.8),
    "HKG": ("Hong Kong", 22.3, 113.9),
    "HYD": ("Hyderabad", 17.2, 78.4),
    "ICN": ("Seoul", 37.5, 126.4),
    "KIX": ("Osaka", 34.4, 135.2),
    "KUL": ("Kuala Lumpur", 2.7, 101.7),
    "MAA": ("Chennai", 13.0, 80.2),
    "MEL": ("Melbourne", -37.7, 144.8),
    "MNL": ("Manila", 14.5, 121.0),
    "NRT": ("Tokyo", 35.8, 140.4),
    "PER": ("Perth", -31.9, 116.0),
    "PNQ": ("Pune", 18.6, 73.9),
    "SGN": ("Ho Chi Minh City", 10.8, 106.7),
    "SIN": ("Singapore", 1.4, 104.0),
    "SYD": ("Sydney", -33.9, 151.2),
    "TPE": ("Taipei", 25.1, 121.2),
}

EARTH_KM = 6371
# Two caches whose distances differ by less than this are both likely.
CLOSE_KM = 300

_LOCATION = re.compile(r"([A-Z]{3})[0-9]{0,3}(-[A-Z][0-9]{1,3})?")


class NotALocation(ValueError):
    """A text that names no edge location."""


@dataclass(frozen=True, slots=True)
class Location:
    """An edge location, as x-amz-cf-pop names it."""

    name: str
    # Empty where the code is not in AIRPORTS.
    city: str

    @property
    def code(self) -> str:
        return self.name[:3]


def parse_location(text: str) -> Location:
    """Return the edge location in "FRA56-P4", also with its header before it and in lower case.
    Raises NotALocation."""
    name = re.sub(r"^x-amz-cf-pop:\s*", "", text.strip(), flags=re.IGNORECASE).upper()
    found = _LOCATION.fullmatch(name)
    if found is None:
        raise NotALocation("An edge location looks like FRA56-P4: three letters, then a number.")
    return Location(name, AIRPORTS.get(found[1], ("", 0, 0))[0])


def city_of(region: str) -> str:
    """Return the city of an edge region, empty for one that is not among them."""
    return REGIONS.get(region, ("", 0, 0))[0]


def distance_km(code: str, region: str) -> int | None:
    """Return how far a region is from an airport, in kilometres as the crow flies; None where
    either is not known."""
    if code not in AIRPORTS or region not in REGIONS:
        return None
    (_, north_a, east_a), (_, north_b, east_b) = AIRPORTS[code], REGIONS[region]
    a, b, apart = radians(north_a), radians(north_b), radians(east_b - east_a)
    half = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(apart / 2) ** 2
    return round(2 * EARTH_KM * asin(sqrt(half)))


def nearest_first(regions: Iterable[str], code: str) -> list[str]:
    """Return regions by their distance from an airport, those without a known one last, in their
    own order; all in their own order where the airport is not known."""
    far = 10 * EARTH_KM

    def distance(region: str) -> int:
        known = distance_km(code, region)
        return far if known is None else known

    return sorted(regions, key=distance)
