"""Hand-made plans: every verb and moment, shared calls, waits, secrets, an apply, hostile names."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from pcsync.model import (
    Action,
    ActionResult,
    Address,
    All,
    Applied,
    AtLeast,
    Await,
    Call,
    Change,
    Edit,
    Finding,
    Is,
    Outcome,
    Place,
    Plan,
    Severity,
    Some,
    Step,
    StepResult,
    Totals,
    Verb,
    When,
)
from pcsync.plan.codec import digest

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
PARTNER = "3f0c2a1e-77b4-4b52-9d1c-0a6f5e2b9d41"


def address(text: str) -> Address:
    return Address.parse(text)


def act(where: str, verb: Verb, *changes: tuple[str, Any, Any], **more: Any) -> Action:
    at = address(where)
    person = f"user/{at.root}/{at.path[1]}" if len(at.path) == 3 else f"customer/{at.root}"
    return Action(at, verb, address(person), tuple(Change(*change) for change in changes), **more)


def call(name: str, method: str, path: str, *covers: Action, **more: Any) -> Call:
    return Call(name, tuple(action.id for action in covers), method, path, **more)


def edit(name: str, path: str, action: Action) -> Edit:
    sets = tuple(Is(change.field, change.new) for change in action.changes)
    return Edit(name, (action.id,), "PATCH", path, True, sets)


def sealed(plan: Plan) -> Plan:
    return replace(plan, id=digest(plan))


def made(
    actions: tuple[Action, ...],
    steps: tuple[Step, ...] = (),
    findings: tuple[Finding, ...] = (),
    customers: tuple[str, ...] = ("contoso",),
    **more: Any,
) -> Plan:
    verbs: dict[str, int] = {}
    when: dict[str, int] = {}
    measures: dict[str, int] = {}
    for action in actions:
        verbs[action.verb.value] = verbs.get(action.verb.value, 0) + 1
        when[action.when.value] = when.get(action.when.value, 0) + 1
        for name, number in action.counts.items():
            measures[name] = measures.get(name, 0) + number
    writing = [s for s in steps if isinstance(s, Edit) or (isinstance(s, Call) and s.writes)]
    waits = sum(isinstance(step, Await) for step in steps)
    totals = Totals(verbs, when, measures, len(writing), len(steps), waits)
    plan = Plan(
        1, "", NOW, "global", PARTNER, "9d41c07", None, {}, {}, {}, actions, steps, findings,
        totals, customers,
    )  # fmt: skip
    return sealed(replace(plan, **more))


def small() -> Plan:
    """One customer, a purchase for new people: what a first pull request looks like."""
    m365 = act(
        "subscription/contoso/m365", Verb.CREATE,
        ("product", None, "CFQ7TTC0LCHC:0002"), ("quantity", None, 12),
        ("termDuration", None, "P1Y"), ("billingCycle", None, "monthly"),
        notes=("Microsoft 365 Business Premium",), counts={"addSeats": 12}, moves={"SPB": 12},
    )  # fmt: skip
    mail = act(
        "subscription/contoso/mail", Verb.CREATE,
        ("product", None, "CFQ7TTC0LH16:0001"), ("quantity", None, 3),
        ("termDuration", None, "P1Y"), ("billingCycle", None, "monthly"),
        notes=("Exchange Online (Plan 1)",), counts={"addSeats": 3},
    )  # fmt: skip
    budget = act("budget/contoso", Verb.UPDATE, ("amount", Decimal("5000"), Decimal("6500.50")))
    ana = act(
        "user/contoso/ana", Verb.CREATE,
        ("displayName", None, "Ana Zielińska"), ("usageLocation", None, "PL"),
        ("password", None, {"$secret": "keyvault:contoso/ana"}), people=1,
    )  # fmt: skip
    licence = act(
        "license/contoso/ana/SPB", Verb.CREATE, needs=frozenset({ana.id, m365.id}),
        moves={"SPB": -1},
    )  # fmt: skip
    arrived = Some("items", All((Is("skuPartNumber", "SPB"), AtLeast("totalUnits", 12))))
    steps = (
        edit("budget", "/v1/customers/{customer/contoso#id}/usagebudget", budget),
        call("cart", "POST", "/v1/customers/{customer/contoso#id}/carts", m365, mail),
        call("buy", "POST", "/v1/customers/{customer/contoso#id}/carts/{c}/checkout", m365, mail),
        call("ana", "POST", "/v1/customers/{customer/contoso#id}/users", ana),
        Await(
            "seats",
            (licence.id,),
            "/v1/customers/{x}/subscribedskus",
            arrived,
            says="12 seats of SPB have arrived",
        ),
        call("lic", "POST", "/v1/customers/{x}/users/{u}/licenseupdates", licence),
    )
    warning = Finding(
        Severity.WARNING, "address-not-checked",
        'the address check answered "NotValidated" (country not covered, or service down)',
        "read the address twice: a wrong one can stop vetting",
        address("customer/contoso"), Place("customers/contoso.yaml", 19, 7),
    )  # fmt: skip
    return made((budget, m365, mail, ana, licence), steps, (warning,), base="main@4be17c2")


def everything() -> Plan:
    """Every verb and every moment, over four customers, one of them unknown."""
    new = act(
        "customer/adatum", Verb.CREATE,
        ("domain", None, "adatum.onmicrosoft.com"),
        ("companyProfile.companyName", None, "Adatum Straßenbau GmbH & Co. KG"),
        ("billingProfile.defaultAddress.country", None, "DE"),
        ("billingProfile.defaultAddress.postalCode", None, "01067"),
        ("billingProfile.email", None, "rechnung@adatum.example"),
        counts={"createCustomers": 1, "customers": 1},
        why="no trace of it: domain free, not in the lock, not in the journal",
    )  # fmt: skip
    rename = act(
        "user/contoso/ana", Verb.UPDATE,
        ("displayName", "Ana Ruiz", "Ana Ruiz de la Prada y Fernández-Villaverde"),
        ("department", "Sales", None), ("proxies", [], ["a@contoso.example", "b@contoso.example"]),
        place=Place("customers/contoso.yaml", 12, 5),
    )  # fmt: skip
    leave = act(
        "user/contoso/ben", Verb.DELETE, counts={"deleteUsers": 1, "loseLicence": 1}, people=-1,
        why="state: absent", notes=("cloud account, not synced, no admin role",),
        ends=frozenset({address("license/contoso/ben/SPB")}),
    )  # fmt: skip
    freed = act("license/contoso/ben/SPB", Verb.DELETE, moves={"SPB": 1}, implied_by=leave.id)
    back = act("user/contoso/cora", Verb.RESTORE, why="restore: true")
    suspended = act(
        "subscription/contoso/erp", Verb.SUSPEND, ("state", "active", "suspended"),
        counts={"suspend": 1}, effects=("31 people can't sign in to it from this moment",
        "it is billed as before"),
    )  # fmt: skip
    resumed = act("subscription/contoso/crm", Verb.RESUME, ("state", "suspended", "active"))
    cancelled = act(
        "subscription/contoso/trial", Verb.CANCEL, counts={"cancel": 1},
        not_after=NOW + timedelta(days=3, hours=2), effects=("140.25 of 152.00 come back",),
    )  # fmt: skip
    fewer = act(
        "subscription/contoso/m365", Verb.UPDATE, ("quantity", 1250, 1100), when=When.DEFERRED,
        date=datetime(2027, 1, 2, tzinfo=UTC), why="1,100 = 1,098 people + 2 spare (line 13)",
        notes=("Microsoft 365 Business Premium",),
    )  # fmt: skip
    ends = act(
        "subscription/contoso/mail", Verb.UPDATE, ("endOfTerm", "renew", "cancel"),
        date=datetime(2027, 3, 18, tzinfo=UTC), why="onRemove: endAtTerm (default)",
    )  # fmt: skip
    blocked = act(
        "subscription/contoso/copilot", Verb.UPDATE, ("quantity", 40, 45), when=When.BLOCKED,
        date=datetime(2026, 11, 24, tzinfo=UTC), why="the renewal is running",
    )  # fmt: skip
    stored = act(
        "subscription/contoso/visio", Verb.UPDATE, ("quantity", 9, 7), when=When.PENDING,
        date=datetime(2026, 12, 1, tzinfo=UTC),
    )  # fmt: skip
    released = act("customer/northwind", Verb.RELEASE, why="its document left git")
    seats = tuple(
        act(f"license/contoso/{name}/SPB", Verb.CREATE, moves={"SPB": -1}, title="Business Premium")
        for name in ("dora", "emil", "fritz", "gül", "hana")
    )
    swap = (
        act("license/contoso/ida/O365_BUSINESS_PREMIUM", Verb.DELETE, moves={"STANDARD": 1}),
        act("license/contoso/ida/SPB", Verb.CREATE, moves={"SPB": -1}),
    )
    root = "/v1/customers/{customer/contoso#id}"
    steps: tuple[Step, ...] = (
        call("new", "POST", "/v1/customers", new),
        edit("rename", f"{root}/users/{{u}}", rename),
        call("leave", "DELETE", f"{root}/users/{{u}}", leave),
        edit("back", f"{root}/users/{{u}}", back),
        edit("suspend", f"{root}/subscriptions/{{s}}", suspended),
        edit("resume", f"{root}/subscriptions/{{s}}", resumed),
        edit("cancel", f"{root}/subscriptions/{{s}}", cancelled),
        edit("fewer", f"{root}/subscriptions/{{s}}", fewer),
        edit("ends", f"{root}/subscriptions/{{s}}", ends),
        *(
            call(f"l{at}", "POST", f"{root}/users/{{u}}/licenseupdates", one)
            for at, one in enumerate(seats)
        ),
        call("swap", "POST", f"{root}/users/{{u}}/licenseupdates", *swap),
    )
    findings = (
        *(
            Finding(
                Severity.INFO, "unmanaged", f"user/contoso/#{at} is live and in no manifest",
                "declare it, or leave it", address(f"user/contoso/#{at}"),
            )
            for at in range(5)
        ),
        Finding(
            Severity.INFO, "by-hand", "sign-in blocked; OneDrive handed over",
            "do it by hand before: Partner Center can't", address("user/contoso/ben"),
        ),
        Finding(
            Severity.INFO, "acknowledged", "mailbox-will-be-lost: it goes 30 days later",
            "accepted by m.aho on 2026-11-23, until 2026-12-31", address("license/contoso/ben/SPB"),
        ),
        Finding(
            Severity.ERROR, "ambiguous", "two live subscriptions fit erp-test",
            "pin one of them: id: 4a1e or id: 77b4", address("subscription/contoso/erp-test"),
            Place("customers/contoso.yaml", 88, 9),
        ),
        Finding(
            Severity.WARNING, "not-read", "fabrikam could not be read: 403/20002",
            "ask the customer for a new relationship, or remove its file",
            address("customer/fabrikam"), Place("customers/fabrikam.yaml", 1, 1),
        ),
    )  # fmt: skip
    actions = (
        new, rename, leave, freed, back, suspended, resumed, cancelled, fewer, ends, blocked,
        stored, released, *seats, *swap,
    )  # fmt: skip
    return made(
        actions, steps, findings, ("adatum", "contoso", "northwind"),
        base="auto: 91d20aa4be17c2d09f31c77e0b1951c9e22b6d90", lifted={"cancel": 1, "suspend": 2},
        unknown=(address("customer/fabrikam"), address("budget/contoso")),
    )  # fmt: skip


def nothing() -> Plan:
    """An estate that is as declared."""
    return made((), customers=("contoso", "fabrikam"), base="main@4be17c2")


def refused() -> Plan:
    """A plan that a guard stands in the way of."""
    guard = Finding(
        Severity.ERROR, "limit", "189 customers change, the limit is 50 (of the base)",
        "lift it once with --allow customers=189, or apply in waves with --label wave=1",
    )  # fmt: skip
    return made((act("budget/contoso", Verb.UPDATE, ("amount", None, 6500)),), (), (guard,))


def hostile() -> Plan:
    """Names that carry terminal codes, line ends, direction marks, width and sheer length."""
    name = "\x1b[31mred\x07\r\n\x9b2J\u202etxt\u2028\u200b"
    bad = act(
        "user/contoso/mallory\x1b]0;x\x07", Verb.UPDATE,
        ("displayName", name, "株式会社" * 30), ("x" * 200, "1234567890" * 20, "e\u0301" * 90),
        ("spaced", " none ", "none"), ("link", None, "https://contoso.example/" + "9" * 200),
        why="\x00", notes=("\ud800",), effects=("a" * 500,),
    )  # fmt: skip
    odd = Finding(Severity.WARNING, "c\x08ode", name, name, None, Place("a\x1b.yaml", 1, 1))
    deep = act("license/contoso/" + "/".join(["very-long-part"] * 12), Verb.CREATE)
    return made((bad, deep), (), (odd,), customers=("con\x1btoso",))


def applied(plan: Plan, ended: dict[str, tuple[Outcome, str, str]]) -> Applied:
    """An apply where all went well but for `ended`: action id -> outcome, detail, advice."""
    results = tuple(
        ActionResult(action.id, *ended.get(action.id, (Outcome.DONE, "", "")))
        for action in plan.actions
    )
    how = {result.action: result.outcome for result in results}
    steps = tuple(
        StepResult(
            step.id, how[step.covers[0]], sent=0 if isinstance(step, Await) else 1,
            warnings=("the price list changes on 1 December",) if step.id == "buy" else (),
        )
        for step in plan.steps
    )  # fmt: skip
    sent = sum(step.sent for step in steps if step.outcome is Outcome.DONE)
    return Applied(plan, NOW, NOW + timedelta(seconds=134), steps, results, {}, sent, 17)


def halted() -> Applied:
    """The small plan, where the purchase failed and what needs it was skipped."""
    return applied(
        small(),
        {
            "subscription/contoso/m365:create": (
                Outcome.FAILED,
                "400 800030: the customer has not accepted the agreement",
                "let an administrator of the customer accept it, then plan again",
            ),
            "subscription/contoso/mail:create": (
                Outcome.FAILED, "the same cart", "see subscription/contoso/m365",
            ),
            "license/contoso/ana/SPB:create": (
                Outcome.SKIPPED, "needs subscription/contoso/m365:create", "",
            ),
        },
    )  # fmt: skip


def blueprint() -> Plan:
    """One line of a blueprint: the same change in many customers, another one in one of them."""
    names = [f"contoso-{at:02}" for at in range(1, 31)]
    actions = tuple(
        act(
            f"subscription/{name}/m365", Verb.UPDATE, ("billingCycle", "monthly", "annual"),
            date=datetime(2027, 1, 2, tzinfo=UTC), place=Place("blueprints/office.yaml", 11, 5),
            counts={"customers": 1}, seen={"id": name},
        )
        for name in names
    )  # fmt: skip
    other = act("budget/contoso-07", Verb.UPDATE, ("amount", 100, 250))
    steps = tuple(edit(name, f"/v1/customers/{{customer/{name}#id}}/subscriptions/{{s}}", action)
                  for name, action in zip(names, actions, strict=True))  # fmt: skip
    last = edit("budget", "/v1/customers/{c}/usagebudget", other)
    return made((*actions, other), (*steps, last), (), tuple(names), base="main@4be17c2")
