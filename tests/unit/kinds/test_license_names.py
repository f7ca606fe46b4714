"""What a licence may be called (domain rule LI12), and which licences hold a mailbox (PE10)."""

from __future__ import annotations

import pytest

from pcsync.kinds.license import KIND, mailbox, skus
from pcsync.model import Address, Document, Finding, Place

TWICE = (
    ("Azure Information Protection Plan 1", "RIGHTSMANAGEMENT", "RIGHTSMANAGEMENT_CE"),
    (
        "Dynamics 365 Customer Insights Attach",
        "DYN365_CUSTOMER_INSIGHTS_ATTACH",
        "Dynamics_365_Customer_Insights_Attach_New",
    ),
    (
        "Dynamics 365 Customer Voice Additional Responses",
        "DYN365_CUSTOMER_VOICE_ADDON",
        "Forms_Pro_AddOn",
    ),
    (
        "Dynamics 365 Enterprise Edition - Additional Portal for Government",
        "CRM_ONLINE_PORTAL_GCC",
        "CRM_ONLINE_PORTAL_NOPREREQ",
    ),
    (
        "Dynamics 365 for Case Management, Enterprise Edition for Government",
        "D365_ENTERPRISE_CASE_MANAGEMENT_GOV",
        "DYN365_ENTERPRISE_CASE_MANAGEMENT_GOV",
    ),
    ("Microsoft 365 Apps for Business", "O365_BUSINESS", "SMB_BUSINESS"),
    ("Microsoft 365 Business Basic", "O365_BUSINESS_ESSENTIALS", "SMB_BUSINESS_ESSENTIALS"),
    (
        "Microsoft 365 Business Standard EEA (no Teams)",
        "Microsoft_365_Business_Standard_EEA_(no_Teams)",
        "Office_365_w/o_Teams_Bundle_Business_Standard",
    ),
    ("Microsoft 365 F1", "M365_F1", "M365_F1_COMM"),
    ("Microsoft Copilot for Microsoft 365", "M365_Copilot", "Microsoft_365_Copilot"),
    (
        "Power BI Premium Per User Add-On for GCC",
        "PBI_PREMIUM_PER_USER_ADDON_CE_GCC",
        "PBI_PREMIUM_PER_USER_ADDON_GCC",
    ),
    (
        "Privacy Management - subject rights request (50)",
        "PRIVACY_MANAGEMENT_SUB_RIGHTS_REQ_50",
        "PRIVACY_MANAGEMENT_SUB_RIGHTS_REQ_50_V2",
    ),
    ("Visio Plan 1", "VISIOONLINE_PLAN1", "VISIO_PLAN1_DEPT"),
    ("Visio Plan 2", "VISIOCLIENT", "VISIO_PLAN2_DEPT"),
    ("Windows 10/11 Enterprise E3", "WIN10_PRO_ENT_SUB", "WIN10_VDA_E3"),
)


def said(word: str) -> Finding:
    """What is said of somebody's licence that is written so."""
    contoso, ana = Address("customer", ("contoso",)), Address("user", ("contoso", "ana"))
    place = Place("a.yaml", 7, 3)
    document = Document("license", None, {}, place, owner=contoso, parent=ana, text=word)
    (found,) = KIND.desired(document)
    assert isinstance(found, Finding)
    return found


@pytest.mark.parametrize("name,first,second", TWICE)
def test_a_name_of_two_part_numbers_is_refused_with_both(
    name: str, first: str, second: str
) -> None:
    found = said(name)
    assert (found.code, found.place) == ("product-name", Place("a.yaml", 7, 3))
    assert first in found.advice
    assert second in found.advice


def test_the_table_has_no_other_name_of_two_part_numbers() -> None:
    names = [sku.name.lower() for sku in skus.by_id().values()]
    assert {name for name in names if names.count(name) > 1} == {row[0].lower() for row in TWICE}


@pytest.mark.parametrize(
    "number,name",
    [
        ("O365_BUSINESS_PREMIUM", "Microsoft 365 Business Standard"),
        ("SPE_F1", "Microsoft 365 F3"),
        ("O365_BUSINESS", "Microsoft 365 Apps for Business"),
    ],
)
def test_a_misleading_part_number_is_told_with_its_product(number: str, name: str) -> None:
    (sku,) = skus.look_up(number)
    assert skus.shown(sku.id) == f"{number} ({name})"


@pytest.mark.parametrize(
    "number,mailbox_",
    [
        ("SPB", True),
        ("O365_BUSINESS_PREMIUM", True),
        ("O365_BUSINESS_ESSENTIALS", True),
        ("EXCHANGESTANDARD", True),
        ("EXCHANGEENTERPRISE", True),
        ("EXCHANGEDESKLESS", True),
        ("EXCHANGE_S_ESSENTIALS", True),
        ("SPE_F1", True),
        ("SPE_E5", True),
        ("O365_BUSINESS", False),
        ("POWER_BI_PRO", False),
        ("EXCHANGEARCHIVE", False),
        ("EXCHANGEARCHIVE_ADDON", False),
        ("FLOW_FREE", False),
    ],
)
def test_which_licences_hold_a_mailbox(number: str, mailbox_: bool) -> None:
    (sku,) = skus.look_up(number)
    assert mailbox.holds(sku.id) is mailbox_


def test_a_mailbox_that_is_switched_off_is_none() -> None:
    (sku,) = skus.look_up("SPB")
    assert not mailbox.holds(sku.id, ["EXCHANGE_S_STANDARD"])
    assert mailbox.holds(sku.id, ["TEAMS1"])
