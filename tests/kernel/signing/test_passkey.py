"""Passkeys: enrolment, sign-in, and signatures that anyone can check later (11.200(a)(1), 11.200(b), 11.300(c))."""

import hashlib
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.core import mail
from fido2.cbor import decode
from fido2.utils import websafe_decode, websafe_encode
from hypothesis import given, settings
from hypothesis import strategies as st

from medithread.kernel.base.refusal import Refusal
from medithread.kernel.identity.models import Account, Passkey, Person
from medithread.kernel.ledger.models import Entry, Journal
from medithread.kernel.signing import passkey, prove
from medithread.kernel.verbs import people_factors
from tests.company import Company
from tests.proves import proves

from .authenticator import Authenticator, F
from .test_prove import asked, done_idea, put


def enrol(person: Person, key: Authenticator, label: str = "Key") -> Passkey:
    options, state = passkey.registration(person, "name")
    return people_factors.add_passkey(person, state, key.register(options), label=label)


def answer(intent: Any, key: Authenticator, **options: Any) -> dict[str, Any]:
    return key.sign(hashlib.sha256(intent.statement.encode()).digest(), **options)


def test_enrolment_is_discoverable_verified_and_an_entry(company: Company) -> None:
    options, _state = passkey.registration(company.quinn, "quinn")
    public = options["publicKey"]
    assert public["authenticatorSelection"]["residentKey"] == "required"
    assert public["authenticatorSelection"]["userVerification"] == "required"
    assert {entry["alg"] for entry in public["pubKeyCredParams"]} == set(passkey.ALGORITHMS)
    made = enrol(company.quinn, Authenticator())
    assert Entry.objects.filter(subject=made.uid, of=company.quinn.uid, verb="create").exists()
    again, _state = passkey.registration(company.quinn, "quinn")
    assert [entry["id"] for entry in again["publicKey"]["excludeCredentials"]] == [made.credential]
    assert mail.outbox[-1].to == [company.quinn.email]


def test_enrolment_needs_the_user_verified(company: Company) -> None:
    options, state = passkey.registration(company.quinn, "quinn")
    with pytest.raises(Refusal, match=r"passkey\.registration"):
        people_factors.add_passkey(company.quinn, state, Authenticator().register(options, flags=F.UP), label="Key")
    with pytest.raises(Refusal, match=r"passkey\.registration"):
        people_factors.add_passkey(company.quinn, state, Authenticator().register(options, origin="https://elsewhere.example"), label="Key")
    assert not Passkey.objects.exists()


def test_the_same_key_is_enrolled_once(company: Company) -> None:
    key = Authenticator()
    enrol(company.quinn, key)
    with pytest.raises(Refusal, match=r"passkey\.known"):
        enrol(company.mara, key)


@proves("ID-16")
def test_the_challenge_is_the_hash_of_the_statement_and_the_evidence_stands_alone(company: Company) -> None:
    key, idea = Authenticator(), done_idea(company)
    enrol(company.quinn, key)
    intent = asked(company.quinn, idea)
    put(prove.by_passkey(intent, answer(intent, key)), idea, company.quinn)
    signature = idea.signatures.get()
    evidence = json.loads(signature.evidence)
    assert set(evidence) == {
        "credential", "public_key_cose", "alg", "rp_id", "authenticator_data", "client_data_json", "signature", "backup_eligible", "backed_up",
    }  # fmt: skip
    client = json.loads(websafe_decode(evidence["client_data_json"]))
    assert client["challenge"] == websafe_encode(hashlib.sha256(signature.statement.encode()).digest())
    cose: Any = decode(websafe_decode(evidence["public_key_cose"]))
    public = ec.EllipticCurvePublicNumbers(int.from_bytes(cose[-2], "big"), int.from_bytes(cose[-3], "big"), ec.SECP256R1()).public_key()
    signed = websafe_decode(evidence["authenticator_data"]) + hashlib.sha256(websafe_decode(evidence["client_data_json"])).digest()
    public.verify(websafe_decode(evidence["signature"]), signed, ec.ECDSA(hashes.SHA256()))
    assert (evidence["alg"], evidence["rp_id"], idea.state) == (-7, "localhost", "closed")


@proves("ID-16")
def test_t_200b_1_without_user_verification_or_with_anothers_key_nothing_is_signed(company: Company) -> None:
    mine, hers, idea = Authenticator(), Authenticator(), done_idea(company)
    enrol(company.quinn, mine)
    enrol(company.mara, hers)
    intent = asked(company.quinn, idea)
    for wrong in (
        answer(intent, mine, flags=F.UP),
        answer(intent, hers),
        answer(intent, Authenticator()),
        answer(intent, mine, origin="https://elsewhere.example"),
        mine.sign(hashlib.sha256(b"another statement").digest()),
    ):
        with pytest.raises(Refusal, match=r"passkey\.wrong"):
            prove.by_passkey(intent, wrong)
        _forget_failures(company)
    intent.refresh_from_db()
    assert intent.method == ""
    assert Journal.objects.filter(what="sign.failed").count() == 5


def _forget_failures(company: Company) -> None:
    Account.objects.filter(person=company.quinn).update(signing_failures=0)


def test_t_300c_1_a_revoked_key_signs_nothing(company: Company) -> None:
    key = Authenticator()
    made = enrol(company.quinn, key)
    people_factors.revoke_passkey(company.quinn, made, reason="drawer cleared")
    intent = asked(company.quinn, done_idea(company))
    with pytest.raises(Refusal, match=r"passkey\.wrong"):
        prove.by_passkey(intent, answer(intent, key))


@proves("ID-17")
def test_t_200a1_5_synced_keys_can_be_refused(company: Company, settings: Any) -> None:
    synced, bound, idea = Authenticator(synced=True, step=0), Authenticator(), done_idea(company)
    enrol(company.quinn, synced, "Cloud")
    enrol(company.quinn, bound, "Stick")
    settings.REFUSE_SYNCED_KEYS = True
    intent = asked(company.quinn, idea)
    with pytest.raises(Refusal, match=r"passkey\.synced"):
        prove.by_passkey(intent, answer(intent, synced))
    assert Journal.objects.filter(what="sign.failed", detail__contains="passkey.synced").exists()
    put(prove.by_passkey(intent, answer(intent, bound)), idea, company.quinn)
    evidence = json.loads(idea.signatures.get().evidence)
    assert (evidence["backup_eligible"], evidence["backed_up"]) == (False, False)
    with pytest.raises(Refusal, match=r"passkey\.synced"):
        enrol(company.mara, Authenticator(synced=True))


def test_a_synced_key_signs_where_the_company_takes_it_and_says_so(company: Company) -> None:
    synced, idea = Authenticator(synced=True, step=0), done_idea(company)
    enrol(company.quinn, synced)
    intent = asked(company.quinn, idea)
    put(prove.by_passkey(intent, answer(intent, synced)), idea, company.quinn)
    evidence = json.loads(idea.signatures.get().evidence)
    assert (evidence["backup_eligible"], evidence["backed_up"]) == (True, True)


def test_a_counter_that_does_not_grow_means_a_copy(company: Company) -> None:
    key = Authenticator()
    enrol(company.quinn, key)
    intent = asked(company.quinn, done_idea(company))
    prove.by_passkey(intent, answer(intent, key))
    key.counter -= 1
    other = asked(company.quinn, done_idea(company), "s2")
    with pytest.raises(Refusal, match=r"passkey\.cloned"):
        prove.by_passkey(other, answer(other, key))
    assert "copied" in mail.outbox[-1].subject


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=20), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4), max_leaves=8)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "id": JSON, "rawId": JSON | st.just("AAAA"), "type": JSON | st.just("public-key"), "clientExtensionResults": JSON,
        "response": st.fixed_dictionaries({}, optional={"clientDataJSON": JSON | st.just("e30"), "authenticatorData": JSON, "signature": JSON, "attestationObject": JSON}) | JSON,
    },
)  # fmt: skip


@given(garbage=FIELDS | JSON)
@settings(max_examples=150, deadline=None)
def test_garbage_is_refused_in_words(garbage: Any) -> None:
    state = {"challenge": websafe_encode(b"x" * 32), "user_verification": "required"}
    with pytest.raises(Refusal):
        passkey.registered(state, garbage)
    with pytest.raises(Refusal):
        passkey.parsed_assertion(garbage)


def test_what_is_no_json_is_nothing() -> None:
    assert passkey.parsed_answer("{") is None
    assert passkey.parsed_answer('{"a": 1}') == {"a": 1}
